"""Many files: one bad file never stops the others."""
