"""Detectors and the model store: they return regions, they never remove anything."""
