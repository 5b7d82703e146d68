"""Attack: formulas changed as printed formulas go wrong, and premises replaced by wrong ones.

Uses the rooms ``say``, ``prove`` and ``measure``.
"""
