"""What :mod:`claims.site.lean` may take away from a page, and what not."""

import numpy as np
import pytest
from PIL import Image

from claims.site.lean import lean, lighter, usable


def drawn(place, field):
    Image.fromarray(field.astype(np.uint8), "RGB").save(place)
    lighter(place)
    with Image.open(place) as image:
        return image.mode, np.asarray(image.convert("RGB")).astype(int)


def test_a_figure_of_few_colours_gets_a_palette_and_pale_areas_stay(tmp_path):
    field = np.full((200, 300, 3), 255)
    field[:, 100:200] = (243, 247, 252)  # pale beside white
    field[50:60] = np.linspace(0, 255, 300)[None, :, None]
    mode, after = drawn(tmp_path / "a.png", field)
    assert mode == "P" and (after[100, 150] == (243, 247, 252)).all() and (after[100, 50] == 255).all()


def test_a_figure_whose_colours_would_move_is_left_alone(tmp_path):
    field = np.random.default_rng(0).integers(0, 256, (80, 80, 3))
    mode, after = drawn(tmp_path / "b.png", field)
    assert mode == "RGB" and (after == field).all()


def test_what_is_transparent_is_white_as_on_the_page(tmp_path):
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(tmp_path / "c.png")
    lighter(tmp_path / "c.png")
    with Image.open(tmp_path / "c.png") as image:
        assert image.convert("RGB").getpixel((3, 3)) == (255, 255, 255)


@pytest.mark.parametrize("css, kept", [
    (".a{x:1}.b{x:2}", ".a{x:1}"),
    ("#a .b, p > .a:not(.b){x:1}", "p > .a:not(.b){x:1}"),
    ('@media (width > 1px){.b{x:1}.a{content:"}"}}', '@media (width > 1px){.a{content:"}"}}'),
    ("@font-face{font-family:F}@keyframes k{from{x:1}}", "@font-face{font-family:F}@keyframes k{from{x:1}}"),
])
def test_a_rule_stays_if_a_page_can_use_it(css, kept):
    assert usable(css, {"a"}) == kept


PAGE = """<link rel="stylesheet" href="../_static/x.css?v=1" /><script>one = 1</script>
<script src="../_static/x.js?v=2"></script><script>two = 2</script>
<link href="../_static/y.css" rel="stylesheet" /><script data-z="3" src="../_static/y.js"></script><p>text</p>"""


def test_scripts_run_after_the_settings_between_them():
    page = lean(PAGE, {"book.css": "aa", "book.js": "bb"})
    assert page.count("<script") == 3 and page.count("stylesheet") == 1 and "<p>text</p>" in page
    assert page.index("book.css?v=aa") < page.index("one = 1") < page.index("two = 2") < page.index("book.js?v=bb")
    assert 'data-z="3"' in page and lean(page, {"book.css": "cc", "book.js": "dd"}).count("v=dd") == 1
