"""containers.carve: what is a file of its own, hidden where no picture data belongs."""

from __future__ import annotations

import base64
import gzip
import zlib

import pytest

from indelible.model import Outcome
from indelible.verify.checks import CHECKS, decide
from indelible.verify.plants import chunk, clean_jpeg, clean_png, with_chunk, with_exif, with_segment
from indelible.verify.samples import encoded, texture
from indelible.verify.subject import Subject

CHECK = CHECKS.get("containers.carve")
HIDDEN = texture(24, 24, 2)
JPEG = encoded(HIDDEN, "jpeg")


def kinds(data: bytes) -> set[str]:
    return {item.channel for item in CHECK.run(Subject(published=data)).findings}


def test_both_controls_are_effective() -> None:
    """A picture in a private segment breaks, a clean file holds."""
    assert Outcome.BROKEN is decide(CHECK.run(CHECK.leaking()))
    assert Outcome.HELD is decide(CHECK.run(CHECK.clean()))


@pytest.mark.parametrize(
    ("hidden", "channel"),
    [
        (JPEG, "carve.jpeg"),
        (encoded(HIDDEN, "png"), "carve.png"),
        (encoded(HIDDEN, "gif"), "carve.gif"),
        (encoded(HIDDEN, "webp"), "carve.riff"),
        (encoded(HIDDEN, "tiff"), "carve.tiff"),
        (encoded(HIDDEN, "bmp"), "carve.bmp"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "carve.ftyp"),
        (b"%PDF-1.7\n", "carve.pdf"),
        (b"PK\3\4\x14\0\0\0\x08\0" + bytes(16) + b"\4\0\0\0name", "carve.zip"),
        (gzip.compress(b"hello", mtime=0), "carve.gzip"),
        (b"7z\xbc\xaf\x27\x1c", "carve.7z"),
        (b"<?xpacket begin=''?>", "carve.xmp"),
        (b"Exif\0\0II*\0", "carve.exif"),
        (base64.b64encode(JPEG), "carve.base64"),
    ],
)
def test_hidden_files_are_found_wherever_they_lie(hidden: bytes, channel: str) -> None:
    """Behind the end, in a private segment, in a private chunk and in a gap."""
    at = clean_jpeg().rindex(b"\xff\xda")
    for data in (
        clean_jpeg() + b"\1\2\3" + hidden,
        with_segment(clean_jpeg(), 0xE9, b"\1\2\3" + hidden),
        with_chunk(clean_png(), b"prVt", b"\1\2\3" + hidden),
        clean_jpeg()[:at] + hidden + clean_jpeg()[at:],
    ):
        if b"\xff\xd8\xff" in hidden and data.startswith(clean_jpeg()[:at] + hidden[:3]):
            continue  # a second SOI in a gap is walked, not opaque: containers.walk breaks on it
        assert channel in kinds(data)


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_packed_texts_are_searched(kind: bytes) -> None:
    """A picture in base64 inside a packed text chunk is found."""
    text = zlib.compress(b"x " + base64.b64encode(JPEG))
    content = b"Comment\0\0" + text if kind == b"zTXt" else b"Comment\0\1\0\0\0" + text

    assert "carve.base64" in kinds(with_chunk(clean_png(), kind, content))


def test_a_packed_private_chunk_is_searched() -> None:
    """A private chunk that inflates is looked into."""
    assert "carve.jpeg" in kinds(with_chunk(clean_png(), b"prVt", b"name\0" + zlib.compress(JPEG)))


def test_a_picture_split_over_two_segments_is_found() -> None:
    """Stretches that touch are searched as one."""
    half = len(JPEG) // 2
    at = 20
    data = clean_jpeg()
    split = data[:at] + JPEG[:half] + b"\0" * 3 + data[at:]

    assert decide(CHECKS.get("containers.walk").run(Subject(published=split))) is not Outcome.HELD


def test_chance_hits_are_not_findings() -> None:
    """Three bytes of a signature in private data that does not decode are no picture."""
    noise = b"\xff\xd8\xff\x01\x02" * 40 + b"BM123456" + b"PK\3\4zzzz" + b"\x1f\x8b\x08\xff\xff"

    assert set() == kinds(with_segment(clean_jpeg(), 0xE9, noise))


def test_the_picture_itself_is_not_searched() -> None:
    """Signatures in the coded data of a large clean file are chance."""
    for data in (encoded(texture(400, 300, 1), "png"), encoded(texture(400, 300, 1), "jpeg")):
        assert set() == kinds(data)


def test_a_picture_behind_iend_and_in_exif_are_found() -> None:
    """Trailers and metadata blocks are opaque."""
    assert "carve.jpeg" in kinds(clean_png() + chunk(b"juNk", JPEG))
    assert "carve.jpeg" in kinds(with_exif(clean_jpeg(), b"II*\0\x08\0\0\0\0\0\0\0\0\0" + JPEG))
