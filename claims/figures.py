"""Figures of the book: one style, one palette, and names at the curves in place of legends.

The look is in ``book.mplstyle``; a chapter says only what is drawn.

>>> import matplotlib
>>> matplotlib.use("Agg")
>>> fig, ax = single()
>>> line, = ax.plot([0, 1, 2], [0, 1, 4], color=BLUE)
>>> name_curve(ax, "growth", 1.5, line).xy
(1.5, 2.5)
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D

# after Okabe and Ito, with the red of Tol, which all readers call red: told apart also by the colour-blind
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#CC3311"
SKY, PURPLE, GREY, PALE = "#56B4E9", "#CC79A7", "#444444", "#BBBBBB"

STYLE = Path(__file__).with_name("book.mplstyle")
SINGLE, PAIR = (7.0, 3.4), (10.0, 3.4)
"""Sizes in inches of a figure as wide as the text, and of two axes side by side."""
READABLE = 4.5
"""Contrast to white that small text needs."""
SIDES = {"above": (0, 4, "center", "bottom"), "below": (0, -4, "center", "top"),
         "right": (5, 0, "left", "center"), "left": (-5, 0, "right", "center")}
"""Side → offset in points, horizontal and vertical alignment."""


def style() -> None:
    """Give all figures from here on the look of the book; :func:`single` and :func:`pair` do so by themselves."""
    plt.style.use(STYLE)


def single(height: float = SINGLE[1], **options: Any) -> tuple[plt.Figure, plt.Axes]:
    """A figure as wide as the text, with one pair of axes; options are those of `plt.subplots`."""
    style()
    return plt.subplots(figsize=(SINGLE[0], height), **options)


def pair(height: float = PAIR[1], **options: Any) -> tuple[plt.Figure, np.ndarray]:
    """A figure with two pairs of axes side by side, an array of shape (2,); options are those of `plt.subplots`.

    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> pair(sharey=True)[1].shape
    (2,)
    """
    style()
    return plt.subplots(1, 2, figsize=(PAIR[0], height), **options)


def name_curve(ax: plt.Axes, text: str, x: float, y: float | Callable[[float], float] | Line2D,
               color: str | None = None, side: str = "above") -> Any:
    """Put a name at a curve, in its colour, in place of a legend; returns the text.

    y: the height of the curve at x, a function that gives it, or the line that `ax.plot` returned (drawn with x
    ascending), whose colour is taken if none is given. side: above, below, right or left of the point.

    Raises ValueError for another side.
    """
    if side not in SIDES:
        raise ValueError(f"name_curve({text!r}): expected a side of {', '.join(SIDES)}, found side={side!r}")
    if isinstance(y, Line2D):
        color = color or y.get_color()
        height = float(np.interp(x, *map(np.asarray, y.get_data())))
    else:
        height = float(y(x) if callable(y) else y)
    right, up, horizontal, vertical = SIDES[side]
    return ax.annotate(text, (x, height), xytext=(right, up), textcoords="offset points", ha=horizontal, va=vertical,
                       color=ink(color or GREY), annotation_clip=False)


def arrow(ax: plt.Axes, start: tuple[float, float], end: tuple[float, float], color: str = GREY) -> Any:
    """An arrow of a drawing, in the coordinates of the axes' data; returns the annotation."""
    look = {"arrowstyle": "-|>", "color": color, "lw": 1.3, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 11}
    return ax.annotate("", xy=end, xytext=start, arrowprops=look, annotation_clip=False)


def contrast(color: str) -> float:
    """Contrast of a colour to white, as accessibility guidelines define it (from 1 to 21).

    >>> contrast("black"), contrast("white")
    (21.0, 1.0)
    """
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return round(1.05 / (0.05 + float(np.dot(light, (0.2126, 0.7152, 0.0722)))), 4)


def ink(color: str) -> str:
    """The colour for text: darkened, if it must be, until it can be read on white.

    >>> ink(BLUE) == BLUE.lower(), contrast(ORANGE) < READABLE <= contrast(ink(ORANGE))
    (True, True)
    """
    rgb = np.array(to_rgb(color))
    while contrast(to_hex(rgb)) < READABLE:
        rgb = rgb * 0.97
    return to_hex(rgb)
