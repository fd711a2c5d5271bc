"""The version that stands in every certificate."""

__version__ = "0.1.0"
