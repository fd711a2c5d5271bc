"""Which TIFF tags a clean file may have, and the rule and channel of every other one (LEAKS.md sections 4.2, 4.7 and 5)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Tags of our own writer.
LISTED = frozenset({256, 257, 258, 259, 262, 273, 277, 278, 279, 282, 283, 284, 296, 338})
#: Needed to decode what other encoders write, or one of few numbers: a fingerprint, as long as their counts are right.
CODING = frozenset(
    {254, 255, 263, 266, 274, 280, 281, 292, 293, 297, 317, 320, 322, 323, 324, 325, 339, 347, 529, 530, 531, 532}
)
#: How many values each may have: a tag that has more has room. Left out: what depends on other tags.
COUNTS: Mapping[int, int] = MappingProxyType(
    dict.fromkeys((254, 255, 256, 257, 259, 262, 263, 266, 274, 277, 278, 282, 283, 284, 292, 293, 296, 317, 322, 323, 531), 1)
    | {297: 2, 529: 3, 530: 2}
)  # fmt: skip

_TEXT = (269, 270, 271, 272, 285, 305, 306, 315, 316, 333, 337, 33432, 37679, 37680, 37681, 40091, 40092, 40093, 40094,
         40095, 42112, 42113, 50708, 50709, 50827, 50931, 50936, 50942, 50966, 50967, 50968, 50971, 51081, 51105)  # fmt: skip
_SERIAL = (50735, 50781, 42032, 42033, 42037)
_PRIVATE: Mapping[int, tuple[str, str]] = {
    **dict.fromkeys(_TEXT, ("L104", "tiff.text")),
    **dict.fromkeys(_SERIAL, ("L103", "tiff.serial")),
    **dict.fromkeys((301, 318, 319, 290, 291, 286, 287, 264, 265, 288, 289, 300, 321, 326, 327, 328),
                    ("L113", "tiff.ancillary")),
    **dict.fromkeys((33550, 33920, 33922, 34264, 34735, 34736, 34737), ("L102", "tiff.geo")),
    700: ("L106", "tiff.xmp"), 33723: ("L110", "tiff.iptc"), 34377: ("L110", "tiff.irb"), 34675: ("L111", "tiff.icc"),
    37724: ("L213", "tiff.imagesourcedata"), 50740: ("L213", "tiff.dngprivate"), 50828: ("L213", "tiff.originalraw"),
    34665: ("L101", "tiff.exififd"), 34853: ("L102", "tiff.gpsifd"), 40965: ("L101", "tiff.exififd"),
    330: ("L211", "tiff.subifd"), 513: ("L202", "tiff.jpeg_thumb"), 514: ("L202", "tiff.jpeg_thumb"),
    37500: ("L105", "exif.makernote"), 51111: ("L119", "tiff.digest"), 50972: ("L119", "tiff.digest"),
    51108: ("L108", "tiff.profile"), 46: ("L202", "exif.preview"), 50341: ("L101", "tiff.exif_tags"),
}  # fmt: skip

#: What lies in EXIF directories, beside the directory itself (as in metadata blocks of other containers).
EXIF_CHANNELS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        0xA431: ("L103", "exif.serial"), 0xA435: ("L103", "exif.serial"), 0xC62F: ("L103", "exif.serial"),
        0xA430: ("L103", "exif.owner"), 0xA420: ("L103", "exif.unique_id"), 0xC65D: ("L103", "exif.unique_id"),
        0x010E: ("L104", "exif.text"), 0x013B: ("L104", "exif.text"), 0x8298: ("L104", "exif.text"),
        0x9286: ("L104", "exif.text"), 0x927C: ("L105", "exif.makernote"),
        0x02BC: ("L106", "exif.xmp"), 0x83BB: ("L110", "iptc"), 0x8649: ("L110", "exif.irb"),
        0x8773: ("L111", "exif.icc"),
    }
)  # fmt: skip


def judged(tag: int) -> tuple[str, str] | None:
    """Rule and channel of a tag that is on no list; None for one that nobody has named."""
    if tag in _PRIVATE:
        return _PRIVATE[tag]
    if 33434 <= tag <= 33437 or 34850 <= tag <= 34867 or 36864 <= tag <= 42240:
        return "L101", "tiff.exif_tags"
    return ("L116", "tiff.dng") if 50706 <= tag <= 52600 else None
