"""`containers.tail`: behind the end of a PNG there is no older picture that can be restored.

A tail is a finding by itself (L301). One that gives its scanlines back shows what the file held before it was overwritten.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from indelible.attacks.tail_restore import restored_bytes
from indelible.model import Finding, Outcome, Reason, Severity
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.containers.walkers import inspect_file
from indelible.verify.subject import Subject


def _overwritten(tail: bytes) -> Subject:
    """A small PNG over the beginning of something longer."""
    small = samples.encoded(Image.new("RGB", (24, 16), "white"))
    return Subject(published=small + tail[len(small) :], format="png", extension=".png")


def _leaking() -> Subject:
    noisy = np.random.default_rng(23).integers(0, 8, (300, 200, 3)) + np.arange(200)[None, :, None]
    return _overwritten(samples.encoded(Image.fromarray(noisy.astype(np.uint8))))


def _clean() -> Subject:
    return _overwritten(np.random.default_rng(23).bytes(90_000) + b"\0\0\0\0IEND\xaeB\x60\x82")


def _tail(subject: Subject) -> bytes | None:
    inspection = inspect_file(subject.published)
    ends = [item.offset for item in inspection.walk.structures if item.name == "png.trailer"] if inspection else []
    return subject.published[ends[0] :] if ends else None


def _applies(subject: Subject) -> str | None:
    if subject.format != "png":
        return "other_format"
    return "no_tail" if _tail(subject) is None else None


@leak_check(
    "containers.tail", family="structure", rules={"L313"}, leaking=_leaking, clean=_clean, applies=_applies, order=13
)
def tail(subject: Subject) -> Observation:
    """What follows the end of a PNG does not inflate to scanlines."""
    behind = _tail(subject)
    if behind is None or not restored_bytes(behind):
        return Observation()
    finding = Finding(
        rule="L313",
        channel="png.trailer.restorable",
        severity=Severity.CRITICAL,
        where=f"offset {len(subject.published) - len(behind)}",
        remedy="Do not publish this file; write the picture to a new file.",
    )
    return Observation(findings=(finding,), outcome=Outcome.BROKEN, why=Reason.TRAILING_DATA.value)
