"""Redaction that can prove itself: locate, remove, then examine the result and certify what was shown, or refuse."""

__version__ = "0.1.0"
