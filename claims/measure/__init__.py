"""Measure: points, samples, errors and the guard that keeps a trial from reading its formula. Uses `say` and
`prove`."""
