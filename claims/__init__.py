"""Equations that are proved, measured and attacked before they are displayed.

The verbs of a chapter are :func:`define`, :func:`claim`, :func:`erratum`, :func:`counterexample`, :func:`experiment`,
:func:`cite`, :func:`refute` and :func:`close`; measurements are in :mod:`claims.measure`, proof helpers in
:mod:`claims.prove.steps`. Names are loaded when they are first used, so that the command line and the site do not pay
for SymPy. """

from importlib import import_module
from typing import Any

_HOME = {
    "defining": ("define",),
    "verbs": ("claim", "cite", "close"),
    "errata": ("erratum", "refute"),
    "counterexamples": ("counterexample",),
    "experiments": ("experiment",),
    "case": ("Line",),
    "hypotheses": ("suppose",),
    "workings": ("working",),
    "reading": ("data_file", "glue"),
    "results": ("agreement", "behaviour"),
    "measure.measurement": ("Exact", "Mean", "LogMean", "Paired", "Ratio", "Law", "Quad", "Argmin", "Ladder", "Solver",
                            "Same", "Rounding"),
    "prove.findings": ("Zero", "Nonneg", "Positive"),
    "say.symbols": ("scalar", "vector", "matrix", "random", "function", "sequence", "indexed", "index"),
    "say.operators": ("E", "Var", "Cov", "Pr", "norm", "norm1", "inner", "cosine", "largest", "smallest", "entries",
                      "entropy", "KL", "TV", "W2",
                      "bhattacharyya", "Normal", "stop", "argmin", "argmax", "sup", "inf", "sqrtm", "trace", "det",
                      "rank", "kron", "total", "Jacobian",
                      "gradient", "hessian"),
    "say.typeset": ("quantity",),
    "prove.steps": ("induction", "telescopes", "recurrence", "geometric", "gaussian_moment", "gaussian_expectation",
                    "isserlis", "elementwise"),
    "prove.rules": ("cauchy_schwarz", "jensen", "stein", "total_variance", "by_parts", "extreme", "log_density",
                    "by_density", "radial",
                    "sum_at_most", "sum_at_least", "monotone_largest"),
    "prove.rounds": ("potential_argument", "gronwall", "product_over_rounds", "unrolled", "weights_add_up"),
    "prove.asymptotics": ("asymptotic_ratio", "order_of_vanishing"),
    "prove.sums": ("closed_sum",),
    "prove.inequalities": ("triangle", "square_of_sum", "rank_of_product"),
    "prove.constraints": ("substitutions",),
    "prove.chances": ("normal_chance", "same_event"),
    "errors": ("ClaimError", "ChapterFailed"),
}
_WHERE = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        value = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
        globals()[name] = value
        return value
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as problem:
        if problem.name != f"{__name__}.{name}":
            raise
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return __all__
