"""Hostile bytes: no crash, no hang, every byte named, and never a clean word for a file that kept its payload."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indelible.model import Outcome
from indelible.verify.checks import CHECKS, decide
from indelible.verify.containers.walkers import inspect_file, walk_file
from indelible.verify.plants import (
    chunk,
    clean_jpeg,
    clean_png,
    exif_block,
    payload,
    with_chunk,
    with_exif,
    with_segment,
    with_xmp,
)
from indelible.verify.samples import encoded, texture
from indelible.verify.subject import Subject

PAYLOAD = payload(9)
SMALL = clean_jpeg(2, (32, 24))
LEAKY = {
    "trailer": SMALL + PAYLOAD,
    "comment": with_segment(SMALL, 0xFE, PAYLOAD),
    "private": with_segment(SMALL, 0xE9, PAYLOAD),
    "slack": SMALL[:-2] + PAYLOAD + SMALL[-2:],
    "exif": with_exif(SMALL, exif_block(text=PAYLOAD)),
    "xmp": with_xmp(SMALL, b'exif:GPSLatitude="' + PAYLOAD + b'"'),
    "png trailer": clean_png() + PAYLOAD,
    "png text": with_chunk(clean_png(), b"tEXt", b"a\0" + PAYLOAD),
    "png private": with_chunk(clean_png(), b"prVt", PAYLOAD),
    "png after": clean_png() + chunk(b"tEXt", PAYLOAD),
}
CLEAN = [
    SMALL,
    clean_png(),
    encoded(texture(24, 24, 1), "jpeg", progressive=True),
    encoded(texture(24, 24, 1), "jpeg", restart_marker_blocks=2),
    encoded(texture(24, 24, 1).convert("P"), "png"),
    with_exif(SMALL, exif_block(text=b"hello", gps=True, thumbnail=clean_jpeg(3, (16, 16)))),
    with_chunk(clean_png(), b"eXIf", exif_block(text=b"hello", gps=True)),
]
QUICK = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def changed(data: bytes, edits: list[tuple[float, int]], avoid: bytes = b"") -> bytes:
    """Bytes exchanged at shares of the file's length, but never inside ``avoid``."""
    at = data.find(avoid) if avoid else -1
    mutant = bytearray(data)
    for share, value in edits:
        place = int(share * (len(data) - 1))
        if not at <= place < at + len(avoid) or at < 0:
            mutant[place] = value
    return bytes(mutant)


EDITS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12)


@QUICK
@given(source=st.sampled_from(CLEAN), edits=EDITS, cut=st.floats(0, 1), extra=st.binary(max_size=40))
def test_mutants_are_walked_to_the_last_byte(
    source: bytes, edits: list[tuple[float, int]], cut: float, extra: bytes
) -> None:
    """Changed, cut and lengthened files never crash a walker, and its structures tile the file."""
    data = changed(source, edits)
    data = data[: int(cut * len(data))] + extra if cut < 0.7 else data + extra
    started = time.monotonic()
    walk = walk_file(data)

    assert time.monotonic() - started < 5
    if walk is not None:
        at = 0
        for item in walk.structures:
            assert at == item.offset and item.length > 0
            at += item.length
        assert len(data) == at


@QUICK
@given(name=st.sampled_from(sorted(LEAKY)), edits=EDITS)
def test_a_mutant_that_keeps_its_payload_is_never_held(name: str, edits: list[tuple[float, int]]) -> None:
    """Damage elsewhere does not make a leak invisible."""
    data = changed(LEAKY[name], edits, PAYLOAD)
    subject = Subject(published=data)
    outcomes = [decide(CHECKS.get(check).run(subject)) for check in ("containers.walk", "containers.carve")]

    assert PAYLOAD in data
    assert any(outcome is not Outcome.HELD for outcome in outcomes)


@QUICK
@given(data=st.binary(max_size=400), start=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""]))
def test_noise_is_never_clean(data: bytes, start: bytes) -> None:
    """Bytes that only begin like a picture are not certified."""
    walk = walk_file(start + data)

    assert walk is None or any(item.severity.value != "info" for item in walk.findings)


@pytest.mark.parametrize(
    "tail", [b"\xff\xd8\xff\xe0" * 50_000, b"PK\3\4" * 50_000, b"\x1f\x8b\x08" * 50_000, b"BM" * 99_999]
)
def test_floods_of_signatures_end_in_time(tail: bytes) -> None:
    """A search that is cut says so; it does not say that nothing is there."""
    started = time.monotonic()
    subject = Subject(published=SMALL + tail)
    CHECKS.get("containers.carve").run(subject)

    assert decide(CHECKS.get("containers.walk").run(subject)) is Outcome.BROKEN
    assert time.monotonic() - started < 10


def test_an_exif_block_that_points_to_itself_ends() -> None:
    """Directories that form a ring are visited once."""
    ring = b"II*\0\x08\0\0\0" + b"\1\0" + b"\x69\x87\4\0\1\0\0\0\x08\0\0\0" + b"\x08\0\0\0"

    assert inspect_file(with_exif(SMALL, ring)) is not None
