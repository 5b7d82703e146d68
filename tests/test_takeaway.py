"""Functions to take away: made from the chapters' cells, in step with them, importable from the wheel alone."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile

import pytest

from claims.press import agreements, takeaway, wheel
from claims.press.project import BuildError, Project
from claims.press.sources import read_book
from claims.site.taken import importing
from site_visit import address, browser, context
from teaching import PAGE, teaching

CELL = '''
Take this home:

```{code-cell} ipython3
:tags: [hide-input, takeaway]
import math
from sympy import sqrt

HALF = 0.5


def root(x):
    """The root of a number.

    >>> root(math.pi ** 2) == math.pi
    True
    """
    return x ** HALF


def helper():
    return unheard_of
```
'''


@pytest.fixture
def given(unbuilt):
    """The light book with a function to take away."""
    unbuilt.edit("book/light/sums.md", "Now the end.", "Now the end.\n" + CELL)
    return unbuilt


def taken(copy) -> takeaway.Taken:
    return takeaway.take(read_book(Project(copy.root)).chapters[0])


def test_a_function_with_a_docstring_and_what_it_uses(given):
    found = taken(given)
    assert found.problems == [] and found.names == ["root"]
    assert found.text.startswith('"""Functions to take away from the chapter "Sums".\n\nMade by `make takeaway` from ')
    assert "import math\n\n\nHALF = 0.5\n\n\ndef root(x):" in found.text
    assert "sympy" not in found.text and "helper" not in found.text
    space: dict = {"__name__": "root"}
    exec(found.text, space)
    assert space["root"](9) == 3.0


@pytest.mark.parametrize("old, new, said", [
    ("return x ** HALF", "return sqrt(x)", "root uses sqrt of sympy; functions to take away import numpy, scipy and"),
    ("return x ** HALF", "return x ** THIRD", "root uses 'THIRD', which no import and no cell tagged takeaway defines"),
    ("def root(x)", "def _root(x)", "a cell tagged takeaway defines no function with a docstring"),
    ("def root(x)", "def root(x", "a cell tagged takeaway defines no function with a docstring"),
])
def test_what_cannot_be_taken_away(given, old, new, said):
    given.edit("book/light/sums.md", old, new)
    problem, = taken(given).problems
    assert said in str(problem)
    lines = (given.root / "book/light/sums.md").read_text().splitlines()
    assert ("def root(x)" in lines[problem.line - 1]) == ("root uses" in said)


def test_two_functions_of_one_name(given):
    given.edit("book/light/squares.md", "```{code-cell}", CELL.split("\n", 3)[3].rstrip() + "\n\n```{code-cell}")
    said = "root is also the name of a function to take away from sums; rename one of them"
    assert [p.message for p in takeaway.modules(read_book(Project(given.root)).chapters)[1]] == [said]


def test_modules_out_of_step_stop_the_build(given):
    """A book with a package of its own: what lies there must be what the chapters say."""
    package = given.root / "claims"
    package.mkdir()
    (package / "__init__.py").write_text("")
    project = Project(given.root)
    problems = takeaway.check(project, read_book(project).chapters)
    assert [p.file for p in problems] == ["claims/takeaway/__init__.py", "claims/takeaway/sums.py"]
    assert "run make takeaway, and commit what it writes" in problems[0].message
    (package / "takeaway").mkdir()
    (package / "takeaway" / "old.py").write_text("")
    assert given.claims("takeaway").returncode == 0
    assert sorted(p.name for p in (package / "takeaway").iterdir()) == ["__init__.py", "sums.py"]
    assert takeaway.check(project, read_book(project).chapters) == []
    given.edit("book/light/sums.md", "x ** HALF", "x ** (HALF / 1)")
    done = given.build()
    said = "claims/takeaway/sums.py: is not what the cells tagged takeaway say now"
    assert done.returncode == 1 and said in done.stderr
    given.edit("book/light/sums.md", "x ** (HALF / 1)", "sqrt(x)")
    done = given.claims("takeaway")
    assert done.returncode == 2 and "book/light/sums.md" in done.stderr and "scipy and torch only" in done.stderr


def test_a_book_without_a_package_of_its_own(given):
    assert takeaway.check(Project(given.root), read_book(Project(given.root)).chapters) == []
    with pytest.raises(BuildError, match="no package of its own"):
        takeaway.write(Project(given.root))


def test_two_names_of_one_module_stand_in_one_order_in_every_process(given):
    imports = "import math\nfrom math import tau, e as base, pi\n"
    given.edit("book/light/sums.md", "import math\nfrom sympy import sqrt\n", imports)
    given.edit("book/light/sums.md", "return x ** HALF", "return x ** HALF + 0 * (tau + base + pi)")
    lines = [line for line in taken(given).text.splitlines() if line.startswith("from math")]
    assert lines == ["from math import e as base", "from math import pi", "from math import tau"]


def test_modules_of_this_book_are_in_step(root):
    project = Project(root)
    assert [str(p) for p in takeaway.check(project, read_book(project).chapters)] == []


def test_functions_come_with_the_wheel(root, tmp_path):
    """Imported from the wheel in a folder of its own: docstrings, their examples, and no package but the three."""
    name, data = wheel.wheel(root / "data")
    (tmp_path / name).write_bytes(data)
    with zipfile.ZipFile(tmp_path / name) as archive:
        archive.extractall(tmp_path / "site")
    program = """
import doctest, inspect, json, sys
import claims.takeaway as taken
assert taken.__file__.startswith(sys.argv[1]), claims.takeaway.__file__
assert not {"torch", "sympy"} & set(sys.modules)
found = {}
for name in taken.__all__:
    function = getattr(taken, name)
    module = sys.modules[function.__module__]
    found[name] = [">>>" in (inspect.getdoc(function) or ""), doctest.testmod(module).failed]
print(json.dumps([found, sorted({"matplotlib", "IPython", "sphinx", "myst_nb", "claims.say"} & set(sys.modules))]))
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True,
                          env={"PYTHONPATH": str(tmp_path / "site"), "PATH": ""})
    assert done.returncode == 0, done.stderr
    found, strange = json.loads(done.stdout)
    assert strange == []
    assert {"rope_frequencies", "layer_roles", "FourierDensity", "langevin", "optimal_variances"} <= set(found)
    assert all(example and not failed for example, failed in found.values()), found


def test_which_records_run_a_function(teaching):
    chapter = next(c for c in read_book(Project(teaching.root)).chapters if c.slug == "squares")
    assert agreements.runs(chapter) == {"length": ["norms-agree"]}
    ledger = json.loads((teaching.root / "_build/ledger.json").read_text(encoding="utf-8"))
    one, = ledger["takeaway"]
    assert (one["name"], one["does"], one["agreement"]) == ("length", "Length of a vector.", ["norms-agree"])


def test_the_table_and_the_line_to_import(context, teaching):
    page = context.new_page()
    page.goto(address(teaching.root / "_build/html", "book/index.html"))
    cells = page.locator(".claim-functions tbody td").all_inner_texts()
    assert cells[0] == "length" and cells[1] == "Length of a vector." and cells[2] == "How far a walk gets"
    assert "with an independent program: largest relative difference" in cells[3] and cells[3].endswith("Result 2.2")
    page.locator(".claim-functions a").first.click()
    page.wait_for_url(f"**/{PAGE}#takeaway-length")
    line = page.locator(".claim-import")
    line.wait_for(state="visible")  # the fold that it stands in is open
    assert line.inner_text().startswith("from claims.takeaway import length")
    assert page.locator(".claim-behind", has_text="code of these functions").count() == 1
    page.close()


def test_no_line_for_a_cell_that_gives_nothing_away():
    assert importing("x = 1") is None
