r"""The grammar of a side of an equation, for lark's LALR(1) parser over tokens that the lexer has made.

LALR is enough, and linear, because the tree is flat where the language is ambiguous: juxtaposition is one rule, and
an operator such as \sum or \log is a prefix among the factors. The one thing that the automaton must know is whether
a product may end here: after a prefix a sign belongs to what follows (`\sum_k -y_k`), after an operand it begins a
new term. That is `open` and `closed`; the shift that lark prefers at this conflict is the one that is meant.
"""

GRAMMAR = r"""
content: chain? (divider chain?)*
divider: SEP | WORDS | CONNECTIVE
?chain: relations | mark
mark: TIMES | SIGN | PRIME+
relations: side tail* | tail+
tail: REL side?

side: term (SIGN term)*
term: product | SIGN term
?product: open | closed
closed: factor              -> first
      | closed factor       -> beside
      | open factor         -> beside
      | closed link factor  -> linked
      | open link factor    -> linked
      | open SIGN factor    -> signed
open: prefix                -> first
    | closed prefix         -> beside
    | open prefix           -> beside
    | closed link prefix    -> linked
    | open link prefix      -> linked
    | open SIGN prefix      -> signed
link: TIMES SIGN*

factor: nucleus script*
prefix: head script*
script: SUB argument | SUP argument | PRIME | BANG
head: FUNCTION | BIG | PARTIAL | NABLA
nucleus: NUMBER | SYMBOL | TEXT | DOTS | group | braces | command | environment
argument: NUMBER | SYMBOL | TEXT | DOTS | WORDS | head | braces | command | TIMES | SIGN | PRIME | environment
command: FRAC argument argument              -> fraction
       | BINOM argument argument             -> binomial
       | SQRT argument                       -> root
       | SQRT LOPT content ROPT argument     -> indexed_root
       | ACCENT argument                     -> accent
       | BRACED argument                     -> annotated
       | STACKED argument argument           -> stacked
group: OPEN content CLOSE
braces: LBRACE content RBRACE                -> braces
      | LBRACE content OVER content RBRACE   -> over
environment: BEGIN row (ROW row)* END
row: content (AMP content)*

%declare NUMBER SYMBOL TEXT WORDS DOTS FUNCTION BIG PARTIAL NABLA OPEN CLOSE LBRACE RBRACE LOPT ROPT SIGN TIMES REL
%declare CONNECTIVE SEP FRAC BINOM SQRT ACCENT BRACED STACKED SUB SUP PRIME OVER BANG BEGIN END AMP ROW
"""
