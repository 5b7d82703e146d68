"""What the verbs of a chapter return: statements that show themselves in a notebook and serve as premises of
others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import session
from .case import Case, Premise, Rule
from .errors import ClaimError
from .record import Verdict, summary
from .say.display import mimebundle
from .say.mentioned import letters
from .say.symbols import head
from .say.taken import taken

Codes = Mapping[str, Callable[..., Any]]


class Statement:
    """What a verb returns: ``label``, ``lhs``, ``rhs``, ``record``; shows itself in a notebook."""

    label: str
    lhs: Any = None
    rhs: Any = None
    relation: str = "="
    record: dict[str, Any]

    def finish(self, record: dict[str, Any]) -> None:
        record.setdefault("failures", [])
        verdict = Verdict.of(record["verdict"])
        record["badge"] = (Verdict.mark(record["kind"], record["verdict"]) if verdict.passes else verdict).badge
        record["chapter"] = session.chapter()
        session.add(record, self)
        record["summary"] = summary(record)
        chain = [line.expr for line in case.lines] if (case := getattr(self, "case", None)) else ()
        record |= letters(record["kind"], self.lhs, self.rhs, chain)
        record["sympy"] = taken(self.lhs, self.relation, self.rhs)
        self.record = record

    @property
    def rule(self) -> Rule | None:
        """Its equation (or bound) as a rule that lines may use; ``None`` if a side is in words."""
        if self.rhs is None or self.lhs is None or isinstance(self.lhs, str) or self.relation not in ("=", "<=", ">="):
            return None
        return Rule(self.label, self.lhs, self.rhs, self.relation)

    def at(self, places: Mapping[Any, Any]) -> Rule:
        """The equation with other expressions for its symbols, to be used by a line: ``growth.at({t: t - 1})``."""
        if self.rule is None:
            raise ClaimError(f"{self.label}: it has no equation that a line could use")
        return self.rule.at(places)

    def premise(self) -> Premise:
        return Premise(self.label, rule=self.rule)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return mimebundle(self.record), {"text/html": {"claims": self.record}}

    def __repr__(self) -> str:
        return mimebundle(self.record)["text/plain"]


class Definition(Statement):
    """A quantity or model of the article, bound to its code. Calling it calls the code."""

    def __init__(
        self, label: str, code: Callable[..., Any] | None, wrong: Codes, arguments: tuple[Any, ...] | None = None
    ) -> None:
        self.label, self.code, self.wrong, self.arguments = label, code, dict(wrong), arguments

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.code is None:
            raise ClaimError(f"definition {self.label!r} has no code to call")
        return self.code(*args, **kwargs)

    def premise(self) -> Premise:
        return Premise(self.label, self.code, self.wrong, self.rule, True, self.lhs, self.arguments)


class Claim(Statement):
    """A verified statement; ``case`` holds its evidence for :func:`claims.refute`."""

    case: Case


def meanings() -> dict[Any, Any]:
    """What the definitions of this notebook say of their names: symbol or head → (arguments, expression)."""
    out: dict[Any, Any] = {}
    for s in session.objects():
        if isinstance(s, Definition) and s.rule is not None:
            arguments = s.rule.arguments
            out[head(s.lhs) if arguments else s.lhs] = (arguments, s.rhs)
    return out
