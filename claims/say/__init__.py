"""Say: what a formula is made of, how it is printed, how it is run. Knows nothing of proofs, measurements and
attacks."""
