"""`pixels.planes`: a solid region of a JPEG is flat in its coded planes too, and behind the edge of the frame.

What a screen shows is clipped to RGB: a saturated fill leaves some 20 levels of luma that all look alike. And a frame that is
no whole number of MCUs ends inside coded blocks: after a lossless crop, up to a block of the cut-off picture stays there.

The planes are decoded by libjpeg without colour conversion, from a copy whose header names whole MCUs (T.81 section B.2.2).
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from indelible.media import Picture, upright
from indelible.model import Box, Finding, Outcome, Reason, Severity
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.subject import Subject
from indelible.verify.uniform import is_flat, is_solid, solid_boxes

_BOX = Box(32, 16, 48, 32)
#: Detail in the padding, in levels of luma, above which it shows something.
_DETAIL_LEVELS = 6.0
_REMEDY = "Fill the area in the decoded picture and encode it afresh."


def _control(luma: tuple[int, int]) -> Subject:
    """A green fill whose luma takes the two given values by columns; both look the same on a screen."""
    planes = [np.asarray(plane).copy() for plane in samples.texture(96, 64, 17).convert("YCbCr").split()]
    part = (slice(_BOX.y, _BOX.bottom), slice(_BOX.x, _BOX.right))
    planes[0][part] = np.where(np.arange(_BOX.width) // 8 % 2, *luma)
    planes[1][part], planes[2][part] = 20, 5
    image = Image.merge("YCbCr", [Image.fromarray(plane) for plane in planes])
    return samples.subject(samples.encoded(image, "jpeg", quality=95, subsampling=0), [samples.region(_BOX)])


def _leaking() -> Subject:
    return _control((146, 156))


def _clean() -> Subject:
    return _control((150, 150))


def _applies(subject: Subject) -> str | None:
    return None if subject.format == "jpeg" else "other_format"


@leak_check(
    "pixels.planes", family="pixels", rules={"L403", "L209"}, leaking=_leaking, clean=_clean, applies=_applies, order=22
)
def planes(subject: Subject) -> Observation:
    """Each solid region is one value of luma and of chroma, out to the end of the coded blocks where it meets the edge.

    Behind the rest of the edge there is what an encoder pads with, and no picture.
    """
    picture = subject.picture
    if picture is None or picture.jpeg is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    coded = coded_planes(subject.published, picture)
    if coded is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    solid = solid_boxes(subject)
    whole = tuple(_with_padding(box, picture, coded) for box in solid)
    findings = [_finding(None, "L209", "jpeg.padding")] if _picture_behind_edge(coded, picture) else []
    for region in subject.regions:
        box = region.region.box
        if not is_solid(region) or box not in solid:
            continue
        if not is_flat(coded, box, solid, blended=True):
            findings.append(_finding(region.id, "L403", "region.not_constant"))
        elif not is_flat(coded, _with_padding(box, picture, coded), whole, blended=True):
            findings.append(_finding(region.id, "L209", "jpeg.padding"))
    return Observation(findings=tuple(findings), why=Reason.PIXEL_RESIDUE.value if findings else None)


def coded_planes(data: bytes, picture: Picture) -> Image.Image | None:
    """The published picture as coded, upright: mode ``YCbCr`` or ``L``; None if it cannot be decoded so.

    Upright files come with their padding, so that the picture is larger than its frame; turned ones are cut to the frame.
    """
    if picture.jpeg is None:
        return None
    width, height = picture.stored_size
    across, down = picture.jpeg.mcu
    frame = _frame_header(data)
    if frame is None:
        return None
    if picture.orientation == 1:
        width, height = -(-width // across) * across, -(-height // down) * down
    patched = data[: frame + 5] + height.to_bytes(2) + width.to_bytes(2) + data[frame + 9 :]
    try:
        with Image.open(io.BytesIO(patched), formats=("JPEG",)) as opened:
            if opened.mode == "RGB":
                opened.draft("YCbCr", None)
            opened.load()
            planes_only = opened.copy()
    except Exception:  # whatever a damaged file makes of the decoder, it is no picture
        return None
    return upright(planes_only, picture.orientation)


def _frame_header(data: bytes) -> int | None:
    """Offset of the frame header's marker, found by walking the segments before it."""
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker in (0xC0, 0xC1, 0xC2, 0xC9, 0xCA):
            return at
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def _with_padding(box: Box, picture: Picture, coded: Image.Image) -> Box:
    """The box, out to the end of the coded picture where it meets the right or lower edge of the frame."""
    right = coded.width if box.right == picture.width else box.right
    bottom = coded.height if box.bottom == picture.height else box.bottom
    return Box(box.x, box.y, max(right, box.right) - box.x, max(bottom, box.bottom) - box.y)


def _picture_behind_edge(coded: Image.Image, picture: Picture) -> bool:
    """Whether the padding has detail of its own in both directions, as encoders' padding does not.

    Encoders repeat the last column and row, or pad with one value; what coding adds are ripples that run along the edge.
    A mixed second difference is blind to both.
    """
    luma = np.asarray(coded.getchannel(0)).astype(np.int16)
    strips = (luma[:, picture.width :], luma[picture.height :])
    return any(min(strip.shape) >= 2 and _mixed_detail(strip) > _DETAIL_LEVELS for strip in strips)


def _mixed_detail(luma: np.ndarray) -> float:
    """Mean absolute mixed second difference, in levels. ``luma``: int16, ``(height, width)``, at least 2 x 2."""
    return float(np.abs(np.diff(np.diff(luma, axis=0), axis=1)).mean())


def _finding(region: str | None, rule: str, channel: str) -> Finding:
    where = "file" if region is None else f"region {region}"
    return Finding(rule=rule, channel=channel, severity=Severity.CRITICAL, where=where, remedy=_REMEDY, region=region)
