"""PSD files put together by hand: header, colour mode, resources, layers, flattened picture (Adobe's specification, 2019)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from PIL import Image


def resource(number: int, content: bytes) -> bytes:
    """One image resource without a name."""
    return b"8BIM" + struct.pack(">HHI", number, 0, len(content)) + content + b"\0" * (len(content) % 2)


def psd(
    picture: Image.Image, *, resources: bytes = b"", layers: Sequence[Image.Image] = (), attached: bytes = b""
) -> bytes:
    """A file with a flattened RGB picture.

    Args:
        picture: mode ``RGB``.
        resources: the image resources, one after the other.
        layers: RGB pictures of the same size, from the bottom up.
        attached: tagged blocks behind the layers, such as smart objects.
    """
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, picture.height, picture.width, 8, 3)
    section = _layers(layers) + attached
    planes = b"".join(band.tobytes() for band in picture.split())
    return (
        head + bytes(4) + struct.pack(">I", len(resources)) + resources + struct.pack(">I", len(section)) + section
        + b"\0\0" + planes
    )  # fmt: skip


def _layers(layers: Sequence[Image.Image]) -> bytes:
    """Layer info and an empty global mask; nothing where there are no layers."""
    if not layers:
        return b""
    records, content = struct.pack(">h", len(layers)), b""
    for number, image in enumerate(layers):
        size = 2 + image.width * image.height
        name = f"Layer {number}".encode()
        extra = bytes(8) + bytes((len(name),)) + name.ljust(7, b"\0")
        records += struct.pack(">IIIIH", 0, 0, image.height, image.width, 3)
        records += b"".join(struct.pack(">hI", channel, size) for channel in range(3))
        records += b"8BIMnorm" + bytes((255, 0, 0, 0)) + struct.pack(">I", len(extra)) + extra
        content += b"".join(b"\0\0" + band.tobytes() for band in image.split())
    info = records + content
    info += b"\0" * (len(info) % 2)
    return struct.pack(">I", len(info)) + info + bytes(4)
