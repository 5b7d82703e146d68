"""Formulas and titles as plain text, for places that typeset nothing: the tab of a browser, results of the search."""

from __future__ import annotations

import html
import re
import unicodedata

SIGNS = {
    "infty": "∞", "to": "→", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈",
    "sim": "∼", "times": "×", "cdot": "·", "pm": "±", "in": "∈", "sum": "∑", "prod": "∏", "int": "∫", "partial": "∂",
    "nabla": "∇", "ldots": "…", "dots": "…", "ell": "ℓ", "sqrt": "√", "lambda": "λ", "Lambda": "Λ", "varepsilon": "ε",
    "vartheta": "ϑ", "varphi": "φ", "left": "", "right": "", "displaystyle": "", "quad": " ", "mid": "|", "star": "⋆",
}
RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-=()tijkn", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₜᵢⱼₖₙ")


def spoken(latex: str) -> str:
    r"""A short formula as text, for a place that typesets nothing.

    >>> spoken(r"\beta"), spoken(r"O(n^{-1/2})"), spoken(r"\bar\alpha_t\to\infty"), spoken(r"\frac{1}{\sqrt{d}}")
    ('β', 'O(n^(-1/2))', 'ᾱₜ→∞', '1/√d')
    """
    text = re.sub(r"\\d?frac\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}", r"\1/\2", latex)
    text = re.sub(r"\\(bar|hat|tilde|dot)\s*\{?(\\[A-Za-z]+|\w)\}?", accented, text)
    text = re.sub(r"\\([A-Za-z]+)\s*", sign, text)
    text = re.sub(r"\\(.)", r"\1", text)
    for mark, table in (("^", RAISED), ("_", LOWERED)):
        text = re.sub(rf"\{mark}(?:\{{([^{{}}]*)\}}|(\w))", lambda m: shifted(mark, m[1] or m[2] or "", table), text)
    return re.sub(r"[{}]", "", text).strip()


def accented(found: re.Match) -> str:
    accent = {"bar": "\u0304", "hat": "\u0302", "tilde": "\u0303", "dot": "\u0307"}[found[1]]
    return unicodedata.normalize("NFC", spoken(found[2]) + accent)


def sign(found: re.Match) -> str:
    """A command of LaTeX as a sign: Greek letters by their names."""
    name = found[1]
    if name in SIGNS:
        return SIGNS[name]
    case = "SMALL" if name[0].islower() else "CAPITAL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name.upper()}")
    except KeyError:
        return "" if name.startswith(("math", "text", "operatorname", "boldsymbol")) else name + " "


def shifted(mark: str, text: str, table: dict[int, int]) -> str:
    moved = text.translate(table)
    if all(ord(c) in table for c in text):
        return moved
    return f"{mark}({text})" if len(text) > 1 else mark + text


def readable(title: str) -> str:
    r"""A title, as HTML or as the text of its nodes, without tags and number, its mathematics spoken.

    >>> readable('<span class="section-number">2. </span>RoPE with base <span class="math">\\(\\beta_1^2\\)</span>')
    'RoPE with base β₁²'
    >>> readable(r"Limits as \sigma\to 0"), readable("The function snake_case")
    ('Limits as σ→0', 'The function snake_case')
    """
    text = re.sub(r'<span class="section-number">.*?</span>', "", title, flags=re.S)
    text = html.unescape(re.sub(r"<[^>]+>", "", text)).strip()
    if r"\(" in text:
        text = re.sub(r"\\\((.*?)\\\)", lambda m: spoken(m[1]), text, flags=re.S)
    elif re.search(r"\\[A-Za-z]|[_^]\{", text):
        text = spoken(text)
    return re.sub(r"^\d+(\.\d+)*\.\s+", "", text)
