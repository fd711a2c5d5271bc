"""What is planted: a marker that cannot come about by chance, in four spellings."""

from __future__ import annotations

import gzip
import hashlib
import io
from dataclasses import dataclass

from indelible.corpus.case import Draw
from indelible.corpus.draw import face


@dataclass(frozen=True, slots=True)
class Plant:
    """The payload of one pair. ``marker`` is 84 bytes of ASCII; ``data`` is the marker as the variant writes it."""

    marker: bytes
    data: bytes

    @classmethod
    def of(cls, draw: Draw) -> Plant:
        """The payload for a draw."""
        marker = b"INDELIBLE-PLANT-" + hashlib.sha256(str(draw.seed).encode()).hexdigest().encode() + b"-END"
        return cls(marker, _written(marker, draw.variant))

    @property
    def text(self) -> str:
        """The marker as text, for places that take nothing else."""
        return self.marker.decode("ascii")

    @property
    def digest(self) -> bytes:
        """The 64 digits inside the marker: no zero byte among them."""
        return self.marker[16:80]


def _written(marker: bytes, variant: str) -> bytes:
    if variant == "picture":
        return marker + small_jpeg()
    if variant == "utf16":
        return marker.decode("ascii").encode("utf-16-le")
    if variant == "gzip":
        return gzip.compress(marker * 2, mtime=0)
    return marker


def small_jpeg(size: tuple[int, int] = (32, 32)) -> bytes:
    """A small picture of a drawn face."""
    stream = io.BytesIO()
    face(size, (214, 164, 128)).save(stream, "JPEG", quality=70)
    return stream.getvalue()
