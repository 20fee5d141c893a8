"""Label relations: y² = y, y² = 1, y_c y_d = δ_cd y_c, and those of δ, sign and roots, on monomials.

Relations of labels are applied only at the level that allows them, and recorded when they are. The
sum Σ_c y_c = 1 belongs to `sums`.
"""

from __future__ import annotations

from .domain import Domain
from .kernels import Kernel, Rat
from .renaming import Renaming

__all__ = ["Relations"]


class Relations(Renaming):
    """The part of the normalizer that knows which powers and products of kernels have another form."""

    def relate(self, r: Rat) -> Rat:
        """r with the relations that hold between powers of one kernel applied to its numerator."""
        if not any(self._has_relation(k) for k in self.field.kernels_of(r.n)):
            return r
        total, changed = self.field.zero, False
        for mono, coefficient in self.field.terms(r.n):
            powers = dict(mono)
            replaced = self._label_relation(powers)
            if replaced is None:
                total = total + self.from_key(((mono, coefficient),))
            else:
                changed = True
                total = total + replaced * self.from_mono(powers.items()) * self.field.constant(coefficient)
        if not changed:
            return r
        return self.relate(total / Rat(self.field, r.d, self.field.one.d))

    def _has_relation(self, kernel: Kernel) -> bool:
        if kernel.kind in ("delta", "sign", "root"):
            return True
        if kernel.kind not in ("idx", "sym") or self.level < 2:
            return False
        domain, _ = self.arrays.get(kernel.args[0], (Domain.REAL, ()))
        return domain in (Domain.BINARY, Domain.SIGNS, Domain.ONE_HOT)

    def _label_relation(self, powers: dict[Kernel, int]) -> Rat | None:
        """Apply one relation to a monomial, in place; returns the factor it leaves, None if none applies."""
        for kernel, e in list(powers.items()):
            match kernel.kind:
                case "delta" if e > 1:
                    return self._lower(powers, kernel, 1)
                case "sign" if e > 1:
                    return self._lower(powers, kernel, e % 2)
                case "root" if e >= kernel.args[1]:
                    self._lower(powers, kernel, e % kernel.args[1])
                    return self.from_key(kernel.args[0]) ** (e // kernel.args[1])
                case "idx" | "sym" if self.level >= 2:
                    domain, _ = self.arrays.get(kernel.args[0], (Domain.REAL, ()))
                    if e > 1 and domain in (Domain.BINARY, Domain.ONE_HOT, Domain.SIGNS):
                        self.used.add(domain.condition(str(kernel.args[0])))
                        return self._lower(powers, kernel, e % 2 if domain is Domain.SIGNS else 1)
                    if domain is Domain.ONE_HOT:
                        same = (k for k in powers if k is not kernel and _same_row(k, kernel))
                        other = next(same, None)
                        if other is not None:
                            self.used.add(domain.condition(str(kernel.args[0])))
                            del powers[other]
                            return self.make_delta(kernel.args[1][-1], other.args[1][-1])
        return None

    def _lower(self, powers: dict[Kernel, int], kernel: Kernel, exponent: int) -> Rat:
        if exponent:
            powers[kernel] = exponent
        else:
            del powers[kernel]
        return self.field.one


def _same_row(a: Kernel, b: Kernel) -> bool:
    return a.kind == b.kind == "idx" and a.args[0] == b.args[0] and a.args[1][:-1] == b.args[1][:-1]
