"""The two exceptions of the package."""


class ClaimError(Exception):
    """The author called a verb wrongly: says what was expected, what was found and what to do."""


class ChapterFailed(Exception):
    """Raised once, by :func:`claims.close`, with every failure of the chapter."""
