"""Detectors: one function each, declared where it is defined.

A detector looks at one upright picture and returns what it found, as raw boxes without a margin. Being in this folder is
the registration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from indelible.media import Picture
from indelible.model import Detection, Kind, Policy
from indelible.registry import Registry

Detector = Callable[[Picture, Policy], tuple[Detection, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorEntry:
    """One registered detector: what it finds, its version, and the models of the store that it needs."""

    name: str
    finds: frozenset[Kind]
    version: int
    models: tuple[str, ...]
    run: Detector


DETECTORS: Registry[DetectorEntry] = Registry("indelible.detect")


def detector(
    name: str, *, finds: set[Kind], version: int, models: tuple[str, ...] = ()
) -> Callable[[Detector], Detector]:
    """Register the decorated function as the detector ``name``; the name goes into plans and certificates."""

    def register(function: Detector) -> Detector:
        DETECTORS.add(
            name,
            DetectorEntry(name=name, finds=frozenset(finds), version=version, models=models, run=function),
        )
        return function

    return register
