"""What the detectors were measured to find: the record that benchmarks/detection.py writes, and who looked at a picture.

A rate belongs to one version of one detector in one mode. A detector that was changed since has no rate until it is measured.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from indelible.detect.pinned import MODELS
from indelible.detect.registry import DETECTORS
from indelible.model import Kind, Mode, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """One measured rate, numbers with a fraction as text; ``low`` and ``high`` bound the recall at 95 % (Wilson 1927).

    ``held_out`` says whether the pictures were kept apart from those that settings were chosen on. ``digest`` is that of the record.
    """

    kind: Kind
    mode: Mode
    labels: int
    found: int
    low: str
    high: str
    false_per_picture: str
    held_out: bool
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorFacts:
    """A detector that looked at the picture: its id, the digest of its weights if they are a file of the store, its rates."""

    id: str
    weights: str | None = None
    calibrations: tuple[Calibration, ...] = ()


def calibration_of(detector: str, kind: Kind, mode: Mode) -> Calibration | None:
    """The rate of ``NAME/VERSION``, or None if that version was not measured."""
    return _record().get((detector, kind, mode))


def locators(policy: Policy) -> tuple[DetectorFacts, ...]:
    """The detectors that look for what a policy names, with their rates in its mode."""
    weights = {model.name: model.sha256 for model in MODELS}
    facts = []
    for name, entry in DETECTORS:
        kinds = [kind for kind in Kind if kind in entry.finds and kind in policy.kinds]
        if kinds:
            rates = (calibration_of(f"{name}/{entry.version}", kind, policy.mode) for kind in kinds)
            facts.append(
                DetectorFacts(
                    id=f"{name}/{entry.version}",
                    weights=next((weights[model] for model in entry.models), None),
                    calibrations=tuple(rate for rate in rates if rate is not None),
                )
            )
    return tuple(facts)


@lru_cache(maxsize=1)
def _record() -> dict[tuple[str, Kind, Mode], Calibration]:
    data = files("indelible.detect").joinpath("calibration.json").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    rows: list[dict[str, Any]] = json.loads(data)["rows"]
    return {
        (row["detector"], Kind(row["kind"]), Mode(row["mode"])): Calibration(
            kind=Kind(row["kind"]),
            mode=Mode(row["mode"]),
            labels=row["labels"],
            found=row["found"],
            low=row["low"],
            high=row["high"],
            false_per_picture=row["falsePerPicture"],
            held_out=row["heldOut"],
            digest=digest,
        )
        for row in rows
    }
