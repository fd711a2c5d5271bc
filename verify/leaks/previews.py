"""previews.embedded: every picture inside the file, decoded and laid over the published one (L215).

An embedded picture is a leak by itself. One that differs from the published picture inside a region shows what the region hides.
"""

from __future__ import annotations

import re

import numpy as np
from PIL import Image, ImageFilter

from indelible.errors import IndelibleError, MissingError
from indelible.exec.exiftool import reading, session
from indelible.media import Picture, upright
from indelible.model import Box, Evidence, Finding, Kind, Outcome, Reason, Region, RegionEvidence
from indelible.verify.checks import Observation, leak_check
from indelible.verify.containers.notes import Embedded
from indelible.verify.containers.rules import finding, reason_of
from indelible.verify.containers.signatures import decodes
from indelible.verify.containers.tags import plain
from indelible.verify.containers.walkers import inspect_file
from indelible.verify.plants import exif_block, with_exif
from indelible.verify.samples import encoded, texture
from indelible.verify.subject import Subject

#: Mean absolute difference, in levels, above which an embedded picture shows something else inside a region.
LEVELS = 8.0
_MAX_TAGS = 24
#: Previews are compared at no more than this size, and up to one pixel aside: cut borders are not exact.
_MAX_SIDE = 640
_SHIFTS = tuple(sorted(((dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)), key=lambda s: (abs(s[0]) + abs(s[1]), s)))

_TAGS = re.compile(
    r"^(?:ThumbnailImage|ThumbnailTIFF|PreviewImage|JpgFromRaw|OtherImage|PhotoshopThumbnail|MPImage\d+|GainMapImage|"
    r"MergedImage|FinishedImage|PayloadFrame\d*|C2PAThumbnail\w*|EmbeddedVideoFile|MotionPhotoVideo|Trailer)$"
)
_RULES = (
    ("ThumbnailImage", "L201"), ("ThumbnailTIFF", "L203"), ("Photoshop", "L204"), ("MPImage", "L206"),
    ("GainMap", "L207"), ("Merged", "L205"), ("Finished", "L205"), ("Payload", "L205"), ("C2PA", "L212"),
    ("Embedded", "L210"), ("Motion", "L210"), ("Trailer", "L301"),
)  # fmt: skip
_BOX = Box(32, 24, 48, 40)


def _subject(stale: bool) -> Subject:
    from indelible.media import open_picture

    before = texture(128, 96, 5)
    after = before.copy()
    after.paste((0, 0, 0), _BOX.corners)
    published = encoded(after, "jpeg", quality=90)
    if stale:
        thumbnail = encoded(before.resize((64, 48)), "jpeg", quality=85)
        published = with_exif(published, exif_block(thumbnail=thumbnail))
    region = RegionEvidence(
        id="r1", kind=Kind.CUSTOM, region=Region(box=_BOX), evidence=Evidence.UNKNOWN, method="solid/1"
    )
    return Subject(
        published=published, format="jpeg", extension=".jpg", picture=open_picture(published), regions=(region,)
    )


def _leaking() -> Subject:
    return _subject(stale=True)


def _clean() -> Subject:
    return _subject(stale=False)


@leak_check(
    "previews.embedded",
    family="preview",
    rules={
        "L201",
        "L202",
        "L203",
        "L204",
        "L205",
        "L206",
        "L207",
        "L210",
        "L211",
        "L212",
        "L213",
        "L214",
        "L215",
        "L301",
    },
    leaking=_leaking,
    clean=_clean,
    order=14,
)
def embedded(subject: Subject) -> Observation:
    """Find, decode and compare every embedded picture."""
    inspection = inspect_file(subject.published)
    if inspection is None:
        return Observation(outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    try:
        witnessed = _by_exiftool(subject.published)
    except MissingError:
        witnessed = None
        trouble = Observation(
            findings=(finding("L192", "exiftool.missing"),), outcome=Outcome.INCONCLUSIVE, why=Reason.TOOL_ERROR.value
        )
    except IndelibleError:
        witnessed = None
        trouble = Observation(
            findings=(finding("L192", "exiftool.failed"),), outcome=Outcome.ERROR, why=Reason.TOOL_ERROR.value
        )
    pictures = [*inspection.embedded, *(witnessed or ())]
    findings: list[Finding] = []
    first = subject.of_frame(0)
    for item in pictures:
        findings.append(finding(item.rule, item.channel, item.offset if item.offset >= 0 else None))
        image = _decoded(item)
        if image is not None and first.picture is not None:
            findings += _compared(image, first.picture, first.regions)
    findings = list({(item.rule, item.channel, item.region): item for item in reversed(findings)}.values())[::-1]
    if witnessed is None and not findings:
        return trouble
    _, reason = reason_of(findings)
    return Observation(findings=tuple(findings), why=None if reason is None else reason.value, trials=len(pictures))


def _by_exiftool(data: bytes) -> list[Embedded]:
    """The embedded pictures that exiftool can hand out. Raises `IndelibleError`."""
    answer = reading(data)
    tags = sorted({name for key in answer.tags if _TAGS.match(name := plain(key).rpartition(":")[2])})[:_MAX_TAGS]
    if not tags:
        return []
    found = []
    for tag, content in zip(tags, session().extract_bytes(data, tags), strict=True):
        if content:
            rule = next((rule for start, rule in _RULES if tag.startswith(start)), "L202")
            channel = (
                f"exiftool.{re.sub(r'[0-9]+$', '', tag).lower()}" if "C2PA" not in tag else "exiftool.c2pathumbnail"
            )
            found.append(Embedded(rule=rule, channel=channel, offset=-1, data=content))
    return found


def _decoded(item: Embedded) -> Image.Image | None:
    if item.size is not None:
        need = 3 * item.size[0] * item.size[1]
        return Image.frombytes("RGB", item.size, item.data[:need]) if len(item.data) >= need > 0 else None
    image = decodes(item.data)
    if image is None:
        return None
    try:
        return image.convert("RGB")
    except (ValueError, OSError):
        return None


def disagreement(preview: Image.Image, picture: Image.Image, box: Box) -> tuple[float, float]:
    """Mean absolute difference in levels inside ``box`` of the picture and around it, both at the preview's scale, borders cut off.

    Args:
        preview: an embedded picture, RGB, any size; black bars of another aspect are cut off.
        picture: the published picture, upright.
        box: a region in the picture's pixels.
    """
    wanted = picture.width / picture.height
    width, height = preview.size
    if width / height > wanted * 1.02:
        trim = (width - height * wanted) / 2
        preview = preview.crop((round(trim), 0, round(width - trim), height))
    elif width / height < wanted / 1.02:
        trim = (height - width / wanted) / 2
        preview = preview.crop((0, round(trim), width, round(height - trim)))
    scale = min(
        1.0, _MAX_SIDE / max(preview.size), (picture.width * picture.height / preview.width / preview.height) ** 0.5
    )
    if scale < 1.0:
        preview = preview.resize(
            (max(1, round(preview.width * scale)), max(1, round(preview.height * scale))), Image.Resampling.BOX
        )
    width, height = preview.size
    soft = ImageFilter.BoxBlur(1)  # what resampling and sharpening change, not what is shown
    ours = np.asarray(picture.convert("RGB").resize((width, height), Image.Resampling.BOX).filter(soft), dtype=np.int16)
    theirs = np.asarray(preview.filter(soft), dtype=np.int16)
    x0, y0 = box.x * width // picture.width, box.y * height // picture.height
    x1, y1 = -(-box.right * width // picture.width), -(-box.bottom * height // picture.height)
    best: tuple[float, float] | None = None
    for dx, dy in _SHIFTS if min(width, height) >= 16 else _SHIFTS[:1]:
        apart = np.abs(ours - np.roll(theirs, (dy, dx), (0, 1))).mean(axis=2)
        inside = apart[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
        around = (float(apart.sum()) - float(inside.sum())) / max(1, apart.size - inside.size)
        if inside.size and (best is None or around < best[0]):
            best = (around, float(inside.mean()))
    return (0.0, 0.0) if best is None else (best[1], best[0])


def _compared(image: Image.Image, picture: Picture, regions: tuple[RegionEvidence, ...]) -> list[Finding]:
    """L215 for each region that the embedded picture shows otherwise, whichever way up it is stored."""
    views = [image] if picture.orientation == 1 else [image, upright(image, picture.orientation)]
    findings = []
    for region in regions:
        least = min(disagreement(view, picture.image, region.region.box)[0] for view in views)
        if least > LEVELS:
            item = finding("L215", "preview.disagrees")
            findings.append(
                Finding(
                    rule=item.rule, channel=item.channel, severity=item.severity, where=f"region {region.id}",
                    remedy=item.remedy, region=region.id,
                )
            )  # fmt: skip
    return findings
