"""`pixels.tiff`: what a TIFF stores and no viewer shows.

Colours under full transparency, a cover that is translucent, palette entries that no pixel uses, the low byte of 16-bit samples,
and of the colour map's values. The file is decoded here as it was stored, never flattened.

Reference: LEAKS.md sections 4.7 and 4.10 (L401, L402, L403, L404, L405).
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from indelible.model import Box, Finding, Outcome, Reason, Severity
from indelible.verify import samples
from indelible.verify.checks import Observation, leak_check
from indelible.verify.containers.tiff_samples import Samples, plain, read_samples
from indelible.verify.subject import Subject
from indelible.verify.uniform import is_constant, is_solid

_BOX = Box(20, 16, 32, 24)
_REMEDIES = {
    "L401": "Set one colour wherever the picture is fully transparent, or flatten it.",
    "L402": "Use an opaque fill.",
    "L403": "Fill the whole area with one palette entry.",
    "L404": "Build the palette anew after redaction.",
    "L405": "Fill at the full sample depth, or convert to 8 bit first.",
}


def _control(*, hidden: bool) -> Subject:
    """A picture whose region was erased with an eraser: transparent, with or without the old colours beneath."""
    image = samples.texture(80, 60, 13).convert("RGBA")
    erased = image.crop(_BOX.corners) if hidden else Image.new("RGBA", (_BOX.width, _BOX.height), (0, 0, 0, 0))
    erased.putalpha(0)
    image.paste(erased, _BOX.corners)
    return Subject(published=samples.encoded(image, "tiff"), format="tiff", extension=".tif")


def _leaking() -> Subject:
    return _control(hidden=True)


def _clean() -> Subject:
    return _control(hidden=False)


def _applies(subject: Subject) -> str | None:
    return None if subject.format == "tiff" else "other_format"


@leak_check(
    "pixels.tiff",
    family="pixels",
    rules={"L401", "L402", "L403", "L404", "L405"},
    leaking=_leaking,
    clean=_clean,
    applies=_applies,
    order=22,
)
def tiff(subject: Subject) -> Observation:
    """Stored samples of a TIFF, compared with what is shown."""
    if plain(subject.published):
        return Observation()
    try:
        stored = read_samples(subject.published)
    except (ValueError, MemoryError):  # what numpy makes of hostile sizes; none of them may pass for clean
        stored = None
    if stored is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    boxes = [(region.id, region.region.box) for region in subject.regions if is_solid(region)]
    findings = _of_palette(stored, boxes) if stored.palette is not None else _of_samples(stored, boxes)
    return Observation(findings=tuple(findings), why=Reason.PIXEL_RESIDUE.value if findings else None)


def _of_palette(stored: Samples, boxes: list[tuple[str, Box]]) -> list[Finding]:
    """A palette picture: the indices are the content, whatever colours they show."""
    findings, palette = [], stored.palette
    assert palette is not None
    used = np.bincount(stored.pixels[..., 0].ravel(), minlength=len(palette))[: len(palette)] > 0
    unused = palette[~used]
    if len(unused) and not _is_padding(unused):
        findings.append(_finding("L404", "tiff.palette.unused", Severity.HIGH))
    if ((palette & 0xFF) != 0).any() and ((palette & 0xFF) != palette >> 8).any():
        findings.append(_finding("L405", "tiff.palette.low_byte", Severity.CRITICAL))
    for name, box in boxes:
        part = stored.pixels[box.y : box.bottom, box.x : box.right]
        if part.size and not is_constant(part):
            findings.append(_finding("L403", "region.palette", Severity.CRITICAL, name))
    return findings


def _is_padding(entries: np.ndarray) -> bool:
    """Unused entries that say nothing: all alike, or the ramp of greys that programs fill a table with."""
    if (entries == entries[0]).all():
        return True
    grey = (entries == entries[:, :1]).all()
    return bool(grey and len(np.unique(np.diff(entries[:, 0].astype(np.int64)))) == 1)


def _of_samples(stored: Samples, boxes: list[tuple[str, Box]]) -> list[Finding]:
    findings, pixels = [], stored.pixels
    if stored.alpha is not None:
        opacity = pixels[..., stored.alpha]
        beneath = np.delete(pixels, stored.alpha, axis=2)[opacity == 0]
        if beneath.size and not (beneath == beneath[0]).all():
            findings.append(_finding("L401", "tiff.alpha.rgb", Severity.CRITICAL))
        full = (1 << stored.bits) - 1
        for name, box in boxes:
            part = opacity[box.y : box.bottom, box.x : box.right]
            if ((part > 0) & (part < full)).any():
                findings.append(_finding("L402", "region.translucent", Severity.CRITICAL, name))
    if stored.bits == 16:
        for name, box in boxes:
            part = pixels[box.y : box.bottom, box.x : box.right]
            if part.size and not is_constant(part):
                low = is_constant(part >> 8)
                rule, channel = ("L405", "tiff.low_byte") if low else ("L403", "region.not_constant")
                findings.append(_finding(rule, channel, Severity.CRITICAL, name))
    return findings


def _finding(rule: str, channel: str, severity: Severity, region: str | None = None) -> Finding:
    return Finding(
        rule=rule,
        channel=channel,
        severity=severity,
        where="file" if region is None else f"region {region}",
        remedy=_REMEDIES[rule],
        region=region,
    )
