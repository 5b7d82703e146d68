"""Attack: formulas changed as printed formulas go wrong, and premises replaced by wrong ones. Uses `say`, `prove` and `measure`."""
