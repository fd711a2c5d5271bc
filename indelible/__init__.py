"""Redaction that can prove itself: locate, remove, then examine the result and certify what was shown, or refuse."""

from indelible.version import __version__ as __version__
