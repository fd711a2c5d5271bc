"""`pixels.alpha`: what a PNG stores and no viewer shows.

RGB under full transparency, a cover that is translucent, palette entries that no pixel uses, two entries that look alike
inside a fill, the low byte of 16-bit samples: each survives a repaint that looks perfect. The file is decoded here as it
was stored, never flattened.

Reference: LEAKS.md sections 4.3 and 4.10 (L401, L402, L404, L405), ATTACKS.md section 9.1.
"""

from __future__ import annotations

import io
import struct
import warnings

import numpy as np
from PIL import Image

from indelible.media import Limits
from indelible.model import Box, Finding, Outcome, Reason, Severity
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.subject import Subject
from indelible.verify.uniform import is_constant, is_solid

_BOX = Box(20, 16, 32, 24)
_MAX_CHUNKS = 100_000


def _control(*, hidden: bool) -> Subject:
    """A picture whose region was erased with an eraser: transparent, with or without the old colours beneath."""
    image = samples.texture(80, 60, 13).convert("RGBA")
    if hidden:
        transparent = image.crop(_BOX.corners)
        transparent.putalpha(0)
    else:
        transparent = Image.new("RGBA", (_BOX.width, _BOX.height), (0, 0, 0, 0))
    image.paste(transparent, _BOX.corners)
    return samples.subject(samples.encoded(image))


def _leaking() -> Subject:
    return _control(hidden=True)


def _clean() -> Subject:
    return _control(hidden=False)


def _applies(subject: Subject) -> str | None:
    return None if subject.format == "png" else "other_format"


@leak_check(
    "pixels.alpha",
    family="pixels",
    rules={"L401", "L402", "L403", "L404", "L405"},
    leaking=_leaking,
    clean=_clean,
    applies=_applies,
    order=22,
)
def alpha(subject: Subject) -> Observation:
    """Stored samples of a PNG, compared with what is shown."""
    data = subject.published
    if len(data) < 33 or not _within_limits(data):
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.BUDGET_CUT.value)
    boxes = [(region.id, region.region.box) for region in subject.regions if is_solid(region)]
    try:
        findings = _deep(data, boxes) if data[24] == 16 else _shallow(data, boxes)
    except Exception:  # a decoder's many ways to fail on a hostile file; none of them may pass for clean
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    return Observation(findings=tuple(findings), why=Reason.PIXEL_RESIDUE.value if findings else None)


def _within_limits(data: bytes) -> bool:
    limits = Limits()
    width, height = struct.unpack(">II", data[16:24])
    return (
        len(data) <= limits.max_bytes and width * height <= limits.max_pixels and max(width, height) <= limits.max_side
    )


Regions = list[tuple[str, Box]]


def _shallow(data: bytes, boxes: Regions) -> list[Finding]:
    """Up to 8 bits per sample."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(io.BytesIO(data), formats=["PNG"])
        image.load()
    if image.mode == "P":
        return _indexed(data, image, boxes)
    findings: list[Finding] = []
    unused = _entries(data)
    if unused:  # a suggested palette in a picture that needs none
        findings.append(_finding("L404", "png.palette.unused", Severity.HIGH, "file"))
    if "A" in image.getbands():
        findings += _transparent(np.asarray(image), boxes)
    return findings


def _transparent(pixels: np.ndarray, boxes: Regions) -> list[Finding]:
    """Findings for ``pixels``, ``(height, width, colours + 1)``, alpha last."""
    findings = []
    opacity = pixels[..., -1]
    beneath = pixels[opacity == 0][:, :-1]
    if beneath.size and not (beneath == beneath[0]).all():
        findings.append(_finding("L401", "png.alpha.rgb", Severity.CRITICAL, "file"))
    full = np.iinfo(pixels.dtype).max
    for name, box in boxes:
        part = opacity[box.y : box.bottom, box.x : box.right]
        if ((part > 0) & (part < full)).any():
            findings.append(_finding("L402", "region.translucent", Severity.CRITICAL, name))
    return findings


def _indexed(data: bytes, image: Image.Image, boxes: Regions) -> list[Finding]:
    """A palette picture: the indices are the content, whatever colours they show."""
    findings = []
    indices = np.asarray(image)
    used = np.flatnonzero(np.bincount(indices.ravel(), minlength=256))
    if _entries(data) > len(used):
        findings.append(_finding("L404", "png.palette.unused", Severity.HIGH, "file"))
    opacity = _palette_opacity(image)
    invisible = [index for index in used if opacity[index] == 0]
    if len(invisible) > 1:
        findings.append(_finding("L401", "png.trns.rgb", Severity.CRITICAL, "file"))
    for name, box in boxes:
        part = indices[box.y : box.bottom, box.x : box.right]
        if any(0 < opacity[index] < 255 for index in np.unique(part)):
            findings.append(_finding("L402", "region.translucent", Severity.CRITICAL, name))
        if part.size and not is_constant(part):
            findings.append(_finding("L403", "region.palette", Severity.CRITICAL, name))
    return findings


def _palette_opacity(image: Image.Image) -> list[int]:
    """Opacity of each of the 256 possible entries (tRNS)."""
    stated = image.info.get("transparency")
    opacity = [255] * 256
    if isinstance(stated, bytes):
        opacity[: len(stated)] = list(stated)[:256]
    elif isinstance(stated, int) and 0 <= stated < 256:
        opacity[stated] = 0
    return opacity


def _deep(data: bytes, boxes: Regions) -> list[Finding]:
    """16 bits per sample: an 8-bit decoder drops the low byte, so it is decoded at full depth."""
    import cv2

    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        raise ValueError("not decoded at full depth")
    planes = pixels if pixels.ndim == 3 else pixels[..., None]
    findings = _transparent(planes, boxes) if planes.shape[2] in (2, 4) else []
    for name, box in boxes:
        part = planes[box.y : box.bottom, box.x : box.right]
        if not part.size or is_constant(part):
            continue
        if is_constant(part >> 8):
            findings.append(_finding("L405", "png.low_byte", Severity.CRITICAL, name))
        else:
            findings.append(_finding("L403", "region.not_constant", Severity.CRITICAL, name))
    return findings


def _entries(data: bytes) -> int:
    """Number of palette entries that the file stores, 0 without a PLTE chunk."""
    position = 8
    for _ in range(_MAX_CHUNKS):
        if position + 8 > len(data):
            break
        (length,) = struct.unpack(">I", data[position : position + 4])
        kind = data[position + 4 : position + 8]
        if kind == b"PLTE":
            return int(length) // 3
        if kind in (b"IDAT", b"IEND"):
            break
        position += 12 + length
    return 0


def _finding(rule: str, channel: str, severity: Severity, place: str) -> Finding:
    remedy = {
        "L401": "Set one colour wherever the picture is fully transparent, or flatten it.",
        "L402": "Use an opaque fill.",
        "L403": "Fill the whole area with one palette entry.",
        "L404": "Build the palette anew after redaction.",
        "L405": "Fill at the full sample depth, or convert to 8 bit first.",
    }[rule]
    region = None if place == "file" else place
    return Finding(
        rule=rule,
        channel=channel,
        severity=severity,
        where="file" if region is None else f"region {region}",
        remedy=remedy,
        region=region,
    )
