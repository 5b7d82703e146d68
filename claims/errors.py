"""The two exceptions of the package."""


class ClaimError(Exception):
    """The author called a verb wrongly: says what was expected, what was found and what to do.

    >>> from claims import define
    >>> define("Bad label", "x")
    Traceback (most recent call last):
        ...
    claims.errors.ClaimError: label: expected lower-case words joined by hyphens, found 'Bad label'
    """


class ChapterFailed(Exception):
    """Raised once, by :func:`claims.close`, with every failure of the chapter.

    >>> raise ChapterFailed("1 failure(s) in walk")
    Traceback (most recent call last):
        ...
    claims.errors.ChapterFailed: 1 failure(s) in walk
    """
