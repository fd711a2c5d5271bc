"""The writer's last look at its own file: the structures that it may emit, in their order, and nothing else.

This guards against a changed encoder. It is no examination: that is the verifier's, with its own parser.
"""

from __future__ import annotations

from indelible.errors import IndelibleError
from indelible.redact.selfcheck_boxes import check_avif, check_heif, check_jp2, check_jxl
from indelible.redact.selfcheck_frames import check_apng, check_bmp, check_gif, check_webp
from indelible.redact.selfcheck_tiff import check_tiff

_JPEG_ORDER = (b"\xe0", b"\xdb", b"\xc0", b"\xc4", b"\xda")  # APP0, DQT, SOF0, DHT, SOS; DQT and DHT may repeat


def check_structure(data: bytes, container: str) -> None:
    """Raise `IndelibleError` (``writer_defect``) unless ``data`` is made of what the writer's allow-list names."""
    well = _CHECKS[container](data)
    if not well:
        raise IndelibleError(
            "writer_defect",
            "The encoder wrote a structure that is not on the output's list; nothing was published.",
            "Install the locked versions of the packages again.",
        )


def _jpeg(data: bytes) -> bool:
    if not (data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9")):
        return False
    position = 2
    seen: list[bytes] = []
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return False
        marker, length = data[position + 1 : position + 2], int.from_bytes(data[position + 2 : position + 4])
        if marker == b"\xe0" and (length != 16 or not data[position + 4 :].startswith(b"JFIF\0")):
            return False
        if not seen or seen[-1] != marker:
            seen.append(marker)
        position += 2 + length
        if marker == b"\xda":
            return tuple(seen) == _JPEG_ORDER and data.find(b"\xff\xd9", position) == len(data) - 2
    return False


def _png(data: bytes) -> bool:
    position = 8
    seen: list[bytes] = []
    while position + 12 <= len(data):
        length, name = int.from_bytes(data[position : position + 4]), data[position + 4 : position + 8]
        if not seen or seen[-1] != name:
            seen.append(name)
        position += 12 + length
    return position == len(data) and seen == [b"IHDR", b"IDAT", b"IEND"]


_CHECKS = {
    "jpeg": _jpeg,
    "png": _png,
    "avif": check_avif,
    "heif": check_heif,
    "jp2": check_jp2,
    "jxl": check_jxl,
    "tiff": check_tiff,
    "gif": check_gif,
    "webp": check_webp,
    "bmp": check_bmp,
    "apng": check_apng,
}
