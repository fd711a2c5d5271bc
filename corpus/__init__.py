"""Seeded generator of clean and leaky cases, with the expected findings beside each."""
