"""Measured rates belong to one version of a detector; what was not measured has none."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from indelible.detect.calibration import calibration_of, locators
from indelible.detect.registry import DETECTORS
from indelible.model import Kind, Mode, Policy


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("name", DETECTORS.names())
def test_every_detector_was_measured_as_it_is_now(name: str, mode: Mode) -> None:
    """A detector whose version was raised must be measured again: benchmarks/detection.py --record."""
    entry = DETECTORS.get(name)

    for kind in entry.finds:
        rate = calibration_of(f"{name}/{entry.version}", kind, mode)
        assert rate is not None
        assert 0 < rate.found <= rate.labels
        assert float(rate.low) <= rate.found / rate.labels + 0.001
        assert rate.found / rate.labels <= float(rate.high) + 0.001


def test_another_version_has_no_rate() -> None:
    name, entry = next(iter(DETECTORS))

    assert calibration_of(f"{name}/{entry.version + 1}", next(iter(entry.finds)), Mode.RECALL) is None


def test_the_locators_of_a_policy_are_those_of_its_kinds_in_its_mode() -> None:
    facts = locators(Policy(kinds=(Kind.CODE,), mode=Mode.BALANCED))

    assert [item.id.partition(".")[0] for item in facts] == ["code"]
    assert {(rate.kind, rate.mode) for item in facts for rate in item.calibrations} == {(Kind.CODE, Mode.BALANCED)}


def test_the_record_names_no_picture() -> None:
    text = files("indelible.detect").joinpath("calibration.json").read_text("utf-8")

    assert ".jpg" not in text and ".png" not in text and "/" not in json.loads(text)["date"]
