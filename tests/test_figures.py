"""The look of figures: one style, colours that can be told apart and read, names at curves."""

from __future__ import annotations

import itertools

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from claims import figures

matplotlib.use("Agg")
PALETTE = (figures.BLUE, figures.ORANGE, figures.GREEN, figures.RED, figures.SKY, figures.PURPLE, figures.GREY)
# Viénot, Brettel and Mollon: what is left of a linear colour without the long or the middle cones
BLINDNESS = {"protanopia": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
             "deuteranopia": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]}


@pytest.fixture(autouse=True)
def closed():
    with matplotlib.rc_context():
        yield
    figures.plt.close("all")


def seen(color: str, blindness: str) -> np.ndarray:
    light = np.array(to_rgb(color)) ** 2.2
    return np.clip(np.array(BLINDNESS[blindness]) @ light, 0, 1) ** (1 / 2.2)


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("one, other", list(itertools.combinations(PALETTE[:4], 2)))
def test_the_main_colours_stay_apart_for_colour_blind_readers(blindness, one, other):
    assert np.abs(seen(one, blindness) - seen(other, blindness)).max() > 0.1


@pytest.mark.parametrize("color", PALETTE)
def test_names_can_be_read_on_white(color):
    assert figures.contrast(figures.ink(color)) >= figures.READABLE


def test_the_style_is_that_of_the_file():
    fig, ax = figures.single()
    assert fig.get_facecolor()[3] == ax.get_facecolor()[3] == 0, "backgrounds are transparent"
    assert not ax.spines["top"].get_visible() and not ax.spines["right"].get_visible()
    assert ax.xaxis.label.get_color() == "#444444" and matplotlib.rcParams["svg.fonttype"] == "none"
    assert [c.lower() for c in PALETTE] == [f"#{c}".lower() if c[0] != "#" else c.lower()
                                            for c in matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]]
    assert not ax.legend(ax.plot([0, 1]), ["x"]).get_frame_on()


def test_figures_draw_without_a_warning(tmp_path, recwarn):
    fig, (left, right) = figures.pair(sharey=True)
    line, = left.plot([0, 1, 2], [0, 1, 4])
    named = [figures.name_curve(left, "line", 1.5, line), figures.name_curve(right, "curve", 2.0, np.sqrt, figures.RED)]
    figures.arrow(right, (0, 0), (1, 1), figures.GREEN)
    fig.savefig(tmp_path / "figure.svg")
    assert named[0].xy == (1.5, 2.5) and named[1].xy == (2.0, pytest.approx(2**0.5))
    assert named[0].get_color() == figures.ink(figures.BLUE)
    assert ">line<" in (tmp_path / "figure.svg").read_text(encoding="utf-8"), "text stays text"
    assert not recwarn.list


def test_an_unknown_side_is_named():
    with pytest.raises(ValueError, match="expected a side of above, below, right, left, found side='under'"):
        figures.name_curve(figures.single()[1], "x", 0, 0, side="under")
