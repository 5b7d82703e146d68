"""Prove: residuals that must vanish, chains of lines, the steps that proofs of this field need. Uses only `say`."""
