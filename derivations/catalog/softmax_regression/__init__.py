r"""Softmax regression: K classes, one-hot labels, cross-entropy.

    z_c = Σ_k x_k W_kc + b_c,   p_c = e^{z_c} / Σ_d e^{z_d},   C = −Σ_c y_c log p_c
    ∂p_i/∂z_j = p_i (δ_ij − p_j),   dC/dz_k = p_k − y_k,   ∂C/∂W_kc = (p_c − y_c) x_k

`logits` has what is special to softmax, over the logits of one sample; `two_classes` shows that K = 2
is logistic regression; `weights` has W and b, one sample and the mean, with a penalty and with the Hessian.
"""

from .contents import DERIVATIONS

__all__ = ["DERIVATIONS"]
