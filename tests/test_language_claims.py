"""Claims that could not be stated before: each in at most 15 lines; true as it stands, it fails when it is changed."""

import inspect

import language_rounds  # noqa: F401 - enters its subjects
import language_vectors  # noqa: F401
import pytest
from language_subjects import SUBJECTS

from claims import session

PASSES = ("proved", "measured", "proved at instances")


pytestmark = pytest.mark.usefixtures("notebook")


@pytest.mark.parametrize("name", SUBJECTS)
def test_the_true_form_passes_and_the_wrong_one_does_not(name):
    state, expected, wrong = SUBJECTS[name]
    true = state(lambda right: right).record
    assert true["verdict"] == expected, true["failures"]
    session.reset()
    false = state(wrong).record
    assert false["verdict"] not in PASSES


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_claim_is_short(name):
    lines = [line for line in inspect.getsource(SUBJECTS[name][0]).splitlines()
             if line.strip() and not line.startswith(("@", "def "))]
    assert len(lines) <= 15
