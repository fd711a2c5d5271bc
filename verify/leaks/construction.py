"""Construction: the redactor is run again, on the same and on other content. Rules L431, L432, L433.

The controls bring redactors of their own: one that fills before it looks, over whole MCUs and one pixel more, and one that
draws a tight box on decoded pixels and then stretches the contrast of the whole picture.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from indelible.media import open_picture
from indelible.model import (
    Box,
    Evidence,
    FillStyle,
    Finding,
    Kind,
    Outcome,
    Reason,
    Redaction,
    RedactionPlan,
    Region,
    RegionEvidence,
    Severity,
    Source,
)
from indelible.verify.checks import Observation, leak_check
from indelible.verify.interference import CannotRecompress, after_decode, before_source_compression
from indelible.verify.subject import Redactor, Subject

#: Why level 2 does not apply: the source's coding reaches too far, or cannot be repeated here.
SOURCE_CODEC = "source_codec"
_REMEDY = "Redact again from the original with a solid fill, and do not publish this file."


@dataclass(frozen=True, slots=True)
class _ControlRedactor:
    """Fills ``area`` black and saves; ``careless`` ones read the picture first."""

    area: Box
    careless: bool = False
    nondeterministic: bool = False

    def decode(self, source: bytes) -> tuple[Image.Image, ...]:
        return open_picture(source).images

    def publish(self, frames: Sequence[Image.Image]) -> bytes:
        (image,) = frames
        picture = ImageOps.autocontrast(image) if self.careless else image.copy()
        picture.paste((0, 0, 0), self.area.corners)
        stream = io.BytesIO()
        if self.nondeterministic:
            stamp = id(picture) % 251
            picture.putpixel((0, 0), (stamp, stamp, next(_COUNTER) % 256))
        picture.save(stream, "PNG")
        return stream.getvalue()


_COUNTER = iter(range(1 << 30))


def _control(*, area: Box, careless: bool = False, nondeterministic: bool = False) -> Subject:
    """A 64x48 scene from a seed as a 4:2:0 JPEG, with one planned box of 12x10 and the redactor given."""
    rng = np.random.default_rng(11)
    coarse = rng.integers(60, 190, (6, 8, 3), dtype=np.uint8)
    scene = Image.fromarray(coarse).resize((64, 48), Image.Resampling.BICUBIC)
    scene.paste(Image.fromarray(rng.integers(0, 256, (10, 12, 3), dtype=np.uint8)), (20, 18))
    stream = io.BytesIO()
    scene.save(stream, "JPEG", quality=75, subsampling=2)
    original = stream.getvalue()
    picture = open_picture(original)
    box = Box(20, 18, 12, 10)
    redactor = _ControlRedactor(area, careless, nondeterministic)
    region = Region(box=box)
    published = redactor.publish(redactor.decode(original))
    return Subject(
        published=published,
        format="png",
        picture=open_picture(published),
        original=original,
        original_picture=picture,
        plan=RedactionPlan(
            source=Source(sha256=picture.sha256, width=64, height=48),
            policy="public",
            redactions=(Redaction(id="r1", kind=Kind.FACE, region=region),),
        ),
        regions=(
            RegionEvidence(
                id="r1", kind=Kind.FACE, region=Region(box=area), evidence=Evidence.UNKNOWN, method="solid/1"
            ),
        ),
        redactor=redactor,
    )


_TIGHT, _GROWN = Box(20, 18, 12, 10), Box(15, 15, 18, 18)


def _clean() -> Subject:
    return _control(area=_GROWN)


def _tight() -> Subject:
    return _control(area=_TIGHT)


def _careless() -> Subject:
    return _control(area=_GROWN, careless=True)


def _unsteady() -> Subject:
    return _control(area=_GROWN, nondeterministic=True)


def _needs_rerun(subject: Subject) -> str | None:
    if subject.original is None or subject.original_picture is None:
        return "no_original"
    return "no_rerun" if subject.redactor is None or subject.plan is None else None


def _needs_solid(subject: Subject) -> str | None:
    return _needs_rerun(subject) or (None if solid_regions(subject) else "no_solid_regions")


def _needs_source_coding(subject: Subject) -> str | None:
    if reason := _needs_solid(subject):
        return reason
    spreads = subject.original_picture is not None and subject.original_picture.spreads
    return SOURCE_CODEC if spreads else None


def solid_regions(subject: Subject) -> tuple[Region, ...]:
    """The regions that claim to be by construction, as planned, before growth."""
    applied = subject.plan.applied if subject.plan else ()
    return tuple(item.region for item in applied if item.fill is FillStyle.SOLID)


def _given(subject: Subject) -> tuple[Redactor, bytes]:
    if subject.redactor is None or subject.original is None:
        raise ValueError("the check does not apply")
    return subject.redactor, subject.original


def _mismatch(rule: str, channel: str, why: Reason, trials: int, failures: int) -> Observation:
    if not failures:
        return Observation(trials=trials)
    finding = Finding(rule=rule, channel=channel, severity=Severity.CRITICAL, where="file", remedy=_REMEDY)
    return Observation(findings=(finding,), outcome=Outcome.BROKEN, why=why.value, trials=trials)


@leak_check(
    "construction.rederivation",
    family="construction",
    rules={"L431"},
    leaking=_unsteady,
    clean=_clean,
    applies=_needs_rerun,
    order=70,
)
def rederivation(subject: Subject) -> Observation:
    """Redact twice, alone and beside another thread: the published bytes must come out each time."""
    redactor, original = _given(subject)

    def once(_: int) -> bool:
        return redactor.publish(redactor.decode(original)) == subject.published

    results = [once(0)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        results += pool.map(once, range(2))
    return _mismatch("L431", "construction.rederivation", Reason.REDERIVE_MISMATCH, len(results), results.count(False))


@leak_check(
    "construction.after_decode",
    family="construction",
    rules={"L432"},
    leaking=_careless,
    clean=_clean,
    applies=_needs_solid,
    order=80,
)
def swap_after_decode(subject: Subject) -> Observation:
    """Other content in the decoded source: the published bytes must come out each time."""
    redactor, original = _given(subject)
    trials, failures = after_decode(redactor, original, subject.published, solid_regions(subject), seed=subject.seed)
    return _mismatch("L432", "interference.after_decode", Reason.NI_MISMATCH, trials, failures)


@leak_check(
    "construction.before_source_compression",
    family="construction",
    rules={"L433"},
    leaking=_tight,
    clean=_clean,
    applies=_needs_source_coding,
    order=90,
)
def swap_before_source_compression(subject: Subject) -> Observation:
    """Other content before the source's own compression: the same bytes must come out each time."""
    redactor, original = _given(subject)
    try:
        trials, failures = before_source_compression(redactor, original, solid_regions(subject), seed=subject.seed)
    except CannotRecompress:  # level 1 speaks alone, and the limit says so
        return Observation(outcome=Outcome.NOT_APPLICABLE, why=SOURCE_CODEC)
    return _mismatch("L433", "interference.before_source_compression", Reason.NI_MISMATCH, trials, failures)
