"""What the claims of ``test_language_claims`` share: the letters, and how a subject is entered."""

import sympy as sp

n, d, T = sp.symbols("n d T", integer=True, positive=True)
SUBJECTS = {}


def subject(expected, wrong):
    """A claim as a function of what is done to its right side; ``wrong`` makes a false one of it."""

    def enter(state):
        SUBJECTS[state.__name__] = (state, expected, wrong)
        return state

    return enter
