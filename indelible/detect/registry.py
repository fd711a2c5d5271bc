"""Detectors: one function each, declared where it is defined.

A detector looks at one scene and returns what it found, as raw boxes without a margin, and a `NotExamined` for each part of its
kind that it had to leave out. Being in this folder is the registration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from indelible.detect.scene import Scene
from indelible.model import Detection, Kind, NotExamined, Policy
from indelible.registry import Registry

#: What a detector found, and what of the picture it could not examine, in any order.
Detector = Callable[[Scene, Policy], Iterable[Detection | NotExamined]]
AnyDetector = TypeVar("AnyDetector", bound=Detector)


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
) -> Callable[[AnyDetector], AnyDetector]:
    """Register the decorated function as the detector ``name``; the name goes into plans and certificates."""

    def register(function: AnyDetector) -> AnyDetector:
        DETECTORS.add(
            name,
            DetectorEntry(name=name, finds=frozenset(finds), version=version, models=models, run=function),
        )
        return function

    return register
