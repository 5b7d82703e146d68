"""Prove: residuals that must vanish, chains of lines, and the steps that proofs of this field need. Uses only what `say` offers."""
