"""Hostile TIFF bytes: no crash, no hang, every byte named, and never a clean word for a file that kept its payload."""

from __future__ import annotations

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from indelible.corpus.case import RECIPES, Draw
from indelible.corpus.payload import Plant
from indelible.corpus.tifffile_ import Page, ascii_field, bytes_field, change, join, long_field, split
from indelible.model import Severity
from indelible.redact.formats.tiff import write, write_frames
from indelible.verify.containers import tiff
from indelible.verify.samples import encoded, texture

SMALL = write(texture(24, 18, 1), None)
PACKED = write(Image.new("RGB", (60, 40), "olive"), None)
PLANT = Plant.of(Draw(recipe="tiff", seed=1, index=0)).marker
LEAKY = {
    "appended": SMALL + PLANT,
    "entry": change(SMALL, 65_000, bytes_field(PLANT)),
    "text": change(PACKED, 315, ascii_field(PLANT.decode())),
    "slack": join([Page(page.fields, (*page.strips[:-1], page.strips[-1] + PLANT)) for page in split(PACKED)]),
    "page": join((*split(SMALL), Page({305: ascii_field(PLANT.decode())}))),
}
SOURCES = [
    SMALL,
    PACKED,
    write_frames((texture(20, 10, 1), texture(20, 10, 2)), (), 0),
    encoded(texture(40, 30, 1), "tiff", compression="jpeg"),
    encoded(texture(40, 30, 1).convert("P"), "tiff", compression="tiff_adobe_deflate"),
    encoded(texture(40, 30, 1).convert("1"), "tiff", compression="packbits"),
    join((Page({**split(SMALL)[0].fields, 254: long_field(1)}, split(SMALL)[0].strips, {34665: (Page({0xA430: ascii_field("x")}),)}),)),
]  # fmt: skip
QUICK = settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
EDITS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12)


def changed(data: bytes, edits: list[tuple[float, int]], avoid: bytes = b"") -> bytes:
    """Bytes exchanged at shares of the file's length, but never inside ``avoid``."""
    kept = data.find(avoid) if avoid else -1
    mutant = bytearray(data)
    for share, value in edits:
        place = int(share * (len(data) - 1))
        if kept < 0 or not kept <= place < kept + len(avoid):
            mutant[place] = value
    return bytes(mutant)


def walked(data: bytes) -> set[str]:
    """The rules above info; the walk ends in time and names every byte."""
    started = time.monotonic()
    walk = tiff.walk(data)
    assert time.monotonic() - started < 2
    at = 0
    for item in walk.structures:
        assert at == item.offset and item.length > 0
        at += item.length
    assert len(data) == at
    return {item.rule for item in walk.findings if item.severity is not Severity.INFO}


@QUICK
@given(source=st.sampled_from(SOURCES), edits=EDITS, cut=st.floats(0, 1), extra=st.binary(max_size=40))
def test_mutants_are_walked_to_the_last_byte(
    source: bytes, edits: list[tuple[float, int]], cut: float, extra: bytes
) -> None:
    """Changed, cut and lengthened files."""
    data = changed(source, edits)
    walked(data[: int(cut * len(data))] + extra if cut < 0.7 else data + extra)


@QUICK
@given(name=st.sampled_from(sorted(LEAKY)), edits=EDITS)
def test_a_mutant_that_keeps_its_payload_is_never_clean(name: str, edits: list[tuple[float, int]]) -> None:
    """Damage elsewhere does not make a leak invisible: unless the payload has become the picture itself."""
    data = changed(LEAKY[name], edits, PLANT)

    assert PLANT in data
    assert walked(data)


@QUICK
@given(
    data=st.binary(max_size=400), start=st.sampled_from([b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0", b"II*\0\x08\0\0\0"])
)
def test_noise_is_never_clean(data: bytes, start: bytes) -> None:
    """Bytes that only begin like a TIFF are not certified."""
    assert walked(start + data)


def test_a_file_cut_anywhere_is_never_clean() -> None:
    """Cut at every 64th byte and beside every structure's edge."""
    for source in (*SOURCES, *LEAKY.values()):
        edges = {item.offset + delta for item in tiff.walk(source).structures for delta in (-1, 0, 1)}
        for edge in sorted(edge for edge in {*edges, *range(8, len(source), 64)} if 4 < edge < len(source)):
            assert walked(source[:edge]) or source[:edge] == SMALL, edge


def test_every_recipe_of_the_format_has_a_name_of_the_catalogue() -> None:
    """Channels of LEAKS.md section 4.7, each planted at least once."""
    channels = {
        "tiff.text", "tiff.xmp", "tiff.iptc", "tiff.irb", "tiff.icc", "tiff.imagesourcedata", "tiff.dngprivate",
        "tiff.originalraw", "tiff.exififd", "tiff.gpsifd", "tiff.ifd.next", "tiff.subifd", "tiff.reduced", "tiff.mask",
        "tiff.jpeg_thumb", "tiff.unreferenced", "tiff.strip.slack", "tiff.tile.padding", "tiff.alpha.rgb", "tiff.low_byte",
    }  # fmt: skip
    planted = set()
    for name in RECIPES.names():
        if name.startswith("tiff."):
            pair = RECIPES.get(name).make(Draw(recipe=name, seed=1, index=0))
            planted |= {channel for _, channel in pair.expected}

    assert channels <= planted
