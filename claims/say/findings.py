r"""What a test of a residual found, as text in which ``$…$`` is mathematics.

>>> from claims.prove.findings import Finding
>>> b = sp.Symbol(r"\beta")
>>> typeset_finding(Finding("nonzero", residual=2 * b, point={b: 3}, value=6))
'residual $2 \\beta = 6$ at $\\beta = 3$'
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from .typeset import tex

LONGEST = 900
"""Characters of LaTeX that a card still shows as a formula."""


def formula(e: Any) -> str:
    try:
        return tex(e) if isinstance(e, (sp.Basic, sp.MatrixBase)) else str(e)
    except Exception:  # noqa: BLE001 - what the printer does not know is shown as text; nothing is decided by it
        return ""


def typeset_finding(finding: Any) -> str:
    """A finding (:class:`claims.prove.findings.Finding`) in words; as SymPy's text where the formula is too long to
    read."""
    status, residual = finding.status.value, formula(finding.residual)
    if status == "zero" or finding.residual is None or not residual or len(residual) > LONGEST or "$" in residual:
        return str(finding)
    if status == "nonzero":
        at = ", ".join(f"${formula(k)} = {formula(v)}$" for k, v in finding.point.items())
        return f"residual ${residual} = {formula(finding.value)}$" + (f" at {at}" if at else "")
    return f"undecided: {finding.why}; left over: ${residual}$"
