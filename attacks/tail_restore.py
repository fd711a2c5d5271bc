"""Restore the end of a picture file that was overwritten by a shorter one and not cut off.

What follows the new end is the old file's compressed data. Deflate, LZW and JPEG's entropy coding can each be entered in the middle: at a
dynamic block, at a clear code, at a restart marker.

Reference: CVE-2023-21036 and CVE-2023-28303; ATTACKS.md section 10 (A401).
"""

from __future__ import annotations

from indelible.attacks.tail_deflate import WINDOW_BYTES, inflated
from indelible.attacks.tail_gif import end_of_gif, restore_gif
from indelible.attacks.tail_jpeg import end_of_jpeg, restore_jpeg
from indelible.attacks.tail_png import end_of_png, restore_png, streams
from indelible.attacks.tail_restored import Restored

__all__ = ["Restored", "restore", "restored_bytes", "tail_of"]

#: Old data is searched for a block to enter over so many bytes; zlib's blocks are at most some 60 kB long.
SEARCHED_BYTES = 1 << 17
#: A tail beyond this is not searched: nobody overwrote a picture that large.
_LONGEST_TAIL = 256 * 1024 * 1024


def tail_of(data: bytes) -> bytes | None:
    """What stands behind a PNG's, GIF's or JPEG's end; None for other files and for files without an end."""
    end = None
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        end = end_of_png(data)
    elif data.startswith((b"GIF87a", b"GIF89a")):
        end = end_of_gif(data)
    elif data.startswith(b"\xff\xd8\xff"):
        end = end_of_jpeg(data)
    return None if end is None else data[end:]


def restore(data: bytes) -> Restored | None:
    """The last rows of the picture that a file held before ``data`` overwrote its beginning.

    Args:
        data: a whole PNG, GIF or JPEG with whatever stands behind its end; the old picture is taken to be of the same format.

    Returns:
        The rows and which of their pixels are certain, or None where nothing comes back: other formats, no tail, a tail of something
        else (a second whole picture, an archive, noise). Never raises for hostile bytes.
    """
    tail = tail_of(data)
    if not tail or len(tail) > _LONGEST_TAIL:
        return None
    if data.startswith(b"\x89PNG"):
        return restore_png(data)
    return restore_gif(data) if data.startswith(b"GIF8") else restore_jpeg(data)


def restored_bytes(tail: bytes) -> int:
    """How many bytes of scanlines come back from what stands behind a PNG's end; 0 if it is nothing of the kind.

    A stream counts only if it runs out exactly at its end, before the checksum: nothing else does that by chance.
    """
    for data in streams(tail, SEARCHED_BYTES):
        found = inflated(data, bytes(WINDOW_BYTES))
        if found is not None:
            return len(found[0])
    return 0
