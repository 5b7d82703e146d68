"""Imported by a helper, two imports away from a chapter."""

FACTOR = 2
