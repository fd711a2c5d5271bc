"""Examinations made by hand: one for every verdict, and the awkward sizes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from PIL import Image, ImageDraw

from indelible.detect.calibration import Calibration, DetectorFacts
from indelible.model import (
    Box,
    Check,
    Control,
    Evidence,
    Finding,
    Kind,
    Limit,
    Mode,
    NotExamined,
    Outcome,
    Polarity,
    Policy,
    Region,
    RegionEvidence,
    Severity,
)
from indelible.reports.certificate import build
from indelible.verify.examination import Census, Examination
from indelible.verify.judge import judge

PINNED: dict[str, Any] = {
    "alias": "file-0007",
    "issued_at": datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
    "certificate_id": "9b2f5f4e-3d0c-4f5e-8b7a-0d4f6c1e2a3b",
    "run_id": "0123456789abcdef",
    "tool_version": "0.1.0",
}

CHECKS = (
    ("containers.walk", "structure"),
    ("metadata.allowlist", "metadata"),
    ("previews.compare", "preview"),
    ("pixels.fill", "pixels"),
    ("residual.faces", "residual"),
    ("residual.text", "residual"),
    ("construction.interference", "construction"),
    ("construction.rederive", "construction"),
    ("attack.cover_stretch", "attack"),
)


def arms(check: str, positive: Outcome = Outcome.BROKEN) -> tuple[Control, Control]:
    """The pair that arms a check."""
    return (
        Control(check=check, polarity=Polarity.POSITIVE, observed=positive),
        Control(check=check, polarity=Polarity.NEGATIVE, observed=Outcome.HELD),
    )


def held(check: str, family: str, region: str | None = None, trials: int | None = None) -> Check:
    """A row that held, armed."""
    return Check(
        id=check, version=1, family=family, outcome=Outcome.HELD, region=region, armed_by=arms(check), trials=trials
    )


def region(
    number: int, evidence: Evidence = Evidence.BY_CONSTRUCTION, method: str = "solid/1", kind: Kind = Kind.FACE
) -> RegionEvidence:
    """Region ``number`` of a grid in a 4000 x 3000 picture."""
    column, row = (number - 1) % 20, (number - 1) // 20
    return RegionEvidence(
        id=f"r{number}",
        kind=kind,
        region=Region(box=Box(40 + 195 * column, 60 + 270 * row, 128, 176)),
        evidence=evidence,
        method=method,
        source="human" if number % 5 == 0 else "detector",
        blocks=6 if method.startswith("mosaic") else None,
    )


def published(width: int = 4000, height: int = 3000) -> bytes:
    """A small published picture of our own making, with a filled box."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    pen = ImageDraw.Draw(image)
    pen.ellipse((width // 3, height // 3, width // 2, height // 2), fill=(180, 120, 60))
    pen.rectangle((40, 60, 168, 236), fill=(0, 0, 0))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def examination(
    regions: tuple[RegionEvidence, ...] = (),
    rows: tuple[Check, ...] | None = None,
    limits: tuple[Limit, ...] = (),
    required: tuple[str, ...] | None = None,
    data: bytes = b"published",
    **changes: Any,
) -> Examination:
    """An examination whose verdict is the judge's."""
    if rows is None:
        rows = tuple(held(check, family) for check, family in CHECKS)
    if required is None:
        required = tuple(check for check, _ in CHECKS)
    by_construction = any(item.evidence is Evidence.BY_CONSTRUCTION for item in regions)
    level = "held" if by_construction else "not_applicable"
    values: dict[str, Any] = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "pixel_sha256": hashlib.sha256(b"pixels").hexdigest(),
        "media_type": "image/jpeg",
        "width": 4000,
        "height": 3000,
        "frames": 1,
        "gallery": 0,
        "verdict": judge(rows, regions, required, limits),
        "regions": regions,
        "rows": rows,
        "controls": tuple(control for row in rows for control in row.armed_by),
        "required": required,
        "policy": Policy(),
        "not_examined": (
            NotExamined(kind=Kind.PLATE, reason="not_in_this_version"),
            NotExamined(kind=Kind.SIGNATURE, reason="not_in_this_version"),
        ),
        "census": Census(
            structures={"SOI": 1, "APP0": 1, "DQT": 2, "SOF0": 1, "DHT": 4, "SOS": 1, "scan": 1, "EOI": 1},
            parsed=12,
            unknown_bytes=0,
            left=("JFIF",),
            removed={"EXIF": "10-50", "XMP": "2-9", "Thumbnail": "1"},
        ),
        "environment": {
            "Pillow": "12.0.0",
            "libjpeg-turbo": "3.1.2",
            "exiftool": "12.57",
            "tesseract": "5.3.0",
            "opencv": "5.0.0",
        },
        "growth": "mcu+1px",
        "levels": {"after_decode": level, "before_source_compression": level},
        "contents": 9 if by_construction else 0,
        "rederived_equal": True,
        "original_given": True,
        "detectors": (
            DetectorFacts(
                id="face.centerface/1",
                weights="a" * 64,
                calibrations=(
                    Calibration(
                        kind=Kind.FACE,
                        mode=Mode.RECALL,
                        labels=1473,
                        found=1411,
                        low="0.946",
                        high="0.967",
                        false_per_picture="14.40",
                        held_out=False,
                        digest="c" * 64,
                    ),
                ),
            ),
            DetectorFacts(id="blazeface-full-range", weights="b" * 64),
            DetectorFacts(id="text.rapidocr/2"),
        ),
    }
    return Examination(**{**values, **changes})


def certified(data: bytes = b"published", count: int = 3) -> Examination:
    """Every region by construction, nothing in the way."""
    kinds = (Kind.FACE, Kind.TEXT, Kind.CODE)
    return examination(tuple(region(n + 1, kind=kinds[n % 3]) for n in range(count)), data=data)


def with_limits(data: bytes = b"published") -> Examination:
    """One solid region and one mosaic: two strengths in one file."""
    regions = (region(1), region(2, Evidence.RESISTED, "mosaic/1", Kind.PERSON), region(5))
    rows = (
        *(held(check, family) for check, family in CHECKS),
        held("attack.face_parrot", "attack", "r2", 20000),
        held("attack.face_embedding", "attack", "r2", 20000),
        Check(
            id="attack.mosaic_text",
            version=2,
            family="attack",
            outcome=Outcome.NOT_APPLICABLE,
            why="kind_not_in_policy",
        ),
    )
    required = (*(check for check, _ in CHECKS), "attack.face_parrot")
    return examination(regions, rows, (Limit.METHOD_LOSSY,), required, data)


def refused(count: int = 30) -> Examination:
    """Thirty findings, from a trailer to a preview."""
    rules = ("L301", "L201", "L102", "L106", "L302", "L214")
    channels = ("jpeg.trailer", "exif.ifd1.thumbnail", "exif.gps", "jpeg.app1.xmp", "jpeg.appn.unknown", "png.prvw")
    severities = (Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL, Severity.HIGH, Severity.HIGH, Severity.CRITICAL)
    findings = tuple(
        Finding(
            rule=rules[n % 6],
            channel=channels[n % 6],
            severity=severities[n % 6],
            where=f"offset {81231 + 7 * n}",
            remedy="Write a fresh file from bare pixels.",
        )
        for n in range(count)
    )
    walk = Check(
        id="containers.walk",
        version=1,
        family="structure",
        outcome=Outcome.BROKEN,
        why="R-TRAILING-DATA",
        findings=findings,
        armed_by=arms("containers.walk"),
    )
    face = Check(
        id="residual.faces",
        version=1,
        family="residual",
        outcome=Outcome.BROKEN,
        why="R-DETECTOR-HIT",
        findings=(
            Finding(rule="L407", channel="pixels.ring", severity=Severity.HIGH, where="region r1", remedy="Grow."),
        ),
        armed_by=arms("residual.faces"),
    )
    rest = (held(check, family) for check, family in CHECKS if check not in ("containers.walk", "residual.faces"))
    return examination((region(1), region(2, Evidence.BROKEN)), (walk, face, *rest))


def inconclusive() -> Examination:
    """A model is missing, a control did not break, a demanded check has no row, and a region is unknown."""
    rows = tuple(
        Check(id=check, version=1, family=family, outcome=Outcome.INCONCLUSIVE, why="R-MODEL-MISSING")
        if check == "residual.faces"
        else Check(
            id=check,
            version=1,
            family=family,
            outcome=Outcome.HELD,
            armed_by=arms(check, Outcome.HELD) if check == "pixels.fill" else arms(check),
        )
        for check, family in CHECKS
        if check != "residual.text"
    )
    regions = (region(1), region(2, Evidence.UNKNOWN, "unknown", Kind.CUSTOM))
    return examination(regions, rows, (Limit.NO_ORIGINAL,), original_given=False, pixel_sha256=None)


def nothing_redacted() -> Examination:
    """No region at all."""
    return examination((), limits=(Limit.NO_REGIONS,))


EVERY: dict[str, Callable[[], Examination]] = {
    "certified": certified,
    "with_limits": with_limits,
    "refused": refused,
    "inconclusive": inconclusive,
    "nothing_redacted": nothing_redacted,
    "crowd": lambda: certified(count=200),
}


def statement(name: str) -> dict[str, Any]:
    """The certificate of one of them, clock and ids pinned."""
    return build(EVERY[name](), **PINNED)
