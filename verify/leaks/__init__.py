"""Checks; one file per family, each with the controls that arm it."""
