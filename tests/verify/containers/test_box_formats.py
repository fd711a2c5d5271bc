"""AVIF, HEIC, JPEG 2000 and JPEG XL: every byte has a name, every recipe is found, nothing is said of a clean file."""

from __future__ import annotations

import io
import struct
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from indelible.corpus.case import RECIPES, Case, cases
from indelible.exec.exiftool import reading
from indelible.plugins import formats, writable
from indelible.redact.formats import FORMATS
from indelible.redact.selfcheck import check_structure
from indelible.verify.containers import Walk, heif, jp2, jxl
from indelible.verify.containers.notes import Inspection
from indelible.verify.containers.signatures import decodes
from indelible.verify.containers.walkers import inspect_file
from indelible.verify.leaks.metadata import outside
from indelible.verify.plants import payload
from indelible.verify.samples import texture

PAYLOAD = payload(11)
WRITTEN = [name for name in ("avif", "heif", "jp2", "jxl") if name == "jp2" or name.upper() in writable()]
WALKERS: dict[str, Callable[[bytes], Inspection]] = {
    "avif": heif.inspect, "heif": heif.inspect, "jp2": jp2.inspect, "jxl": jxl.inspect,
}  # fmt: skip
QUICK = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def written(format: str, size: tuple[int, int] = (64, 64), mode: str = "RGB") -> bytes:
    return FORMATS.get(format).write(texture(*size, 3).convert(mode), None)


def telling(walk: Walk) -> set[tuple[str, str]]:
    return {(item.rule, item.channel) for item in walk.findings if item.severity.value != "info"}


def tiles(walk: Walk, length: int) -> bool:
    at = 0
    for item in walk.structures:
        if item.offset != at or item.length <= 0:
            return False
        at += item.length
    return at == length


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


@pytest.mark.parametrize("name", [name for name in RECIPES.names() if name.split(".")[0] in WRITTEN])
def test_a_leak_is_found_and_its_twin_is_clean(name: str) -> None:
    """Each recipe: its rule and channel in the leaky twin, nothing in the other. The corpus' own test runs more seeds."""
    for case in cases(21, 1, frozenset({name})):
        result = inspect_file(case.published)
        assert result is not None
        assert case.expected <= telling(result.walk) if case.leaky else not telling(result.walk), case.name
        assert tiles(result.walk, len(case.published)), case.name


@pytest.mark.parametrize(
    "name",
    [
        "avif.item.thmb", "avif.item.hidden", "avif.images", "avif.item.aux.depth", "avif.item.tmap", "avif.clap",
        "heif.item.thmb", "heif.item.hidden", "heif.images", "heif.item.aux.gainmap", "heif.clap",
        "jp2.codestream.second", "jxl.jhgm",
    ],
)  # fmt: skip
def test_a_hidden_picture_is_handed_over_so_that_it_decodes(name: str) -> None:
    """An item of a file becomes a file of its own, for the comparison with what is shown."""
    if name.split(".")[0] not in WRITTEN:
        pytest.skip("its plug-in is not installed")
    for case in cases(5, 2, frozenset({name})):
        result = inspect_file(case.published)
        assert result is not None
        assert bool(result.embedded) == case.leaky
        assert all(decodes(item.data) is not None for item in result.embedded)


def test_a_crop_is_undone() -> None:
    """What lies behind the crop is in the picture that is handed over."""
    leaky = next(case for case in cases(5, 1, frozenset({"avif.clap"})) if case.leaky)
    clean = next(case for case in cases(5, 1, frozenset({"avif.clap"})) if not case.leaky)
    result = inspect_file(leaky.published)
    assert result is not None
    whole = decodes(result.embedded[0].data)
    with Image.open(io.BytesIO(clean.published)) as image:
        assert whole is not None and whole.size == image.size


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("size", [(64, 64), (130, 98), (300, 70)])
@pytest.mark.parametrize("format", WRITTEN)
def test_what_we_write_is_clean_to_both_witnesses(format: str, size: tuple[int, int], mode: str) -> None:
    """No finding, no tag outside the list, the writer's own check content, and the same bytes again."""
    data = written(format, size, mode)

    assert not telling(WALKERS[format](data).walk) and tiles(WALKERS[format](data).walk, len(data))
    assert not outside(format, reading(data))
    check_structure(data, format)
    assert written(format, size, mode) == data


@pytest.mark.parametrize("format", [name for name in WRITTEN if name != "heif"])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (65, 41), (7, 300)])
def test_odd_sizes_are_clean_too(format: str, size: tuple[int, int]) -> None:
    """Sizes that fill no coding grid."""
    for mode in ("RGB", "L"):
        data = FORMATS.get(format).write(Image.new(mode, size, 90 if mode == "L" else (9, 90, 200)), None)
        assert not telling(WALKERS[format](data).walk)


@pytest.mark.parametrize("format", WRITTEN)
def test_transparency_of_other_writers_is_clean(format: str) -> None:
    """One alpha plane is part of the picture."""
    if format == "heif" and "HEIF" not in formats():
        pytest.skip("its plug-in is not installed")
    image = texture(96, 64, 4)
    image.putalpha(image.convert("L"))
    stream = io.BytesIO()
    name = {"avif": "AVIF", "heif": "HEIF", "jxl": "JXL", "jp2": "JPEG2000"}[format]
    image.save(stream, name)

    assert telling(WALKERS[format](stream.getvalue()).walk) <= {("L115", "jp2.com")}


@pytest.mark.parametrize("format", WRITTEN)
def test_a_file_cut_anywhere_is_never_clean(format: str) -> None:
    """Truncation at every structure's edge, beside it, and at every 64th byte."""
    data = written(format)
    edges = {item.offset + delta for item in WALKERS[format](data).walk.structures for delta in (0, 1, 4, 8)}
    for edge in sorted({*edges, *range(64, len(data), 64)}):
        if 16 < edge < len(data):
            walk = WALKERS[format](data[:edge]).walk
            assert telling(walk), edge
            assert tiles(walk, edge)


LEAKY_NAMES = [
    "trailer", "free", "box.unknown", "mdat.gap", "item.exif", "item.xmp", "hdlr.name", "property.unused", "obu.metadata",
    "hevc.sei", "com", "tile.slack", "xml", "uuid", "exif", "name", "extensions", "jp2i", "asoc",
]  # fmt: skip


def _small() -> list[Case]:
    names = frozenset(f"{format}.{name}" for format in WRITTEN for name in LEAKY_NAMES)
    return [case for case in cases(2, 1, names & set(RECIPES.names())) if case.leaky]


LEAKY = _small()


@QUICK
@given(
    case=st.sampled_from(LEAKY),
    edits=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=10),
)
def test_a_mutant_that_keeps_its_payload_is_never_clean(case: Case, edits: list[tuple[float, int]]) -> None:
    """Damage elsewhere does not make a leak invisible, and no damage makes a walker fail."""
    marker = case.published.find(b"INDELIBLE-PLANT-")
    mutant = bytearray(case.published)
    for share, value in edits:
        place = int(share * len(mutant))
        if not marker <= place < marker + 84:
            mutant[place] = value
    started = time.monotonic()
    result = inspect_file(bytes(mutant))

    assert time.monotonic() - started < 2
    if result is not None:
        assert tiles(result.walk, len(mutant))
        assert marker < 0 or telling(result.walk), case.name


@QUICK
@given(data=st.data(), format=st.sampled_from(WRITTEN))
def test_clean_files_with_damage_are_walked_to_the_last_byte(data: st.DataObject, format: str) -> None:
    """Changed and cut files never crash a walker, and its structures tile the file."""
    source = written(format)
    mutant = bytearray(source)
    for _ in range(data.draw(st.integers(1, 12))):
        mutant[data.draw(st.integers(12, min(len(mutant) - 1, 500)))] = data.draw(st.integers(0, 255))
    walk = WALKERS[format](bytes(mutant)).walk

    assert tiles(walk, len(mutant))


@pytest.mark.parametrize("size", [2, 7, 1 << 31, (1 << 32) - 1])
@pytest.mark.parametrize("format", ["avif", "jp2"])
def test_a_box_that_claims_too_much_is_not_believed(format: str, size: int) -> None:
    """Sizes below the header's own and beyond the file."""
    data = written(format) + struct.pack(">I", size) + b"plnt" + PAYLOAD
    walk = WALKERS[format](data).walk

    assert telling(walk) and tiles(walk, len(data))


@pytest.mark.parametrize("size", [0, 15, 1 << 31, 1 << 63, (1 << 64) - 1])
@pytest.mark.parametrize("format", ["avif", "jp2"])
def test_a_long_box_that_claims_too_much_is_not_believed(format: str, size: int) -> None:
    """The same in 64 bits."""
    data = written(format) + struct.pack(">I4sQ", 1, b"plnt", size) + PAYLOAD
    walk = WALKERS[format](data).walk

    assert telling(walk) and tiles(walk, len(data))


@pytest.mark.parametrize("format", ["avif", "jp2"])
def test_a_box_without_a_size_reaches_to_the_end(format: str) -> None:
    """Size 0 is for the last box, and never hides what is in it."""
    walk = WALKERS[format](written(format) + struct.pack(">I4s", 0, b"free") + PAYLOAD).walk

    assert ("L308", f"{'heif' if format == 'avif' else format}.free") in telling(walk)


@pytest.mark.parametrize("format", WRITTEN)
def test_a_million_boxes_are_not_certified(format: str) -> None:
    """The number of structures has a cap, and it is reached in time."""
    data = written(format)
    if format == "jxl":
        data = b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ") + box(b"jxlc", data)
    data += box(b"free", b"") * 1_000_000
    started = time.monotonic()
    walk = WALKERS[format](data).walk

    assert time.monotonic() - started < 2
    assert any(rule == "L315" for rule, _ in telling(walk)) and tiles(walk, len(data))


@pytest.mark.parametrize("kind", [b"asoc", b"uinf", b"res "])
def test_a_thousand_nested_boxes_end(kind: bytes) -> None:
    """Nesting has a cap."""
    nested = PAYLOAD
    for _ in range(1_000):
        nested = box(kind, nested)
    data = written("jp2") + nested
    walk = jp2.walk(data)

    assert any(rule == "L315" for rule, _ in telling(walk)) and tiles(walk, len(data))


def test_a_meta_box_inside_a_meta_box_is_no_hiding_place() -> None:
    """A thousand of them, one in another, are one unknown structure."""
    nested = PAYLOAD
    for _ in range(1_000):
        nested = box(b"meta", bytes(4) + nested)
    walk = heif.walk(written("avif") + nested)

    assert ("L307", "heif.meta.second") in telling(walk)


@QUICK
@given(
    data=st.binary(max_size=600),
    start=st.sampled_from(
        [b"\0\0\0\x18ftypavif\0\0\0\0avifmif1", b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51", b"\xff\x0a"]
    ),
)
def test_noise_is_never_clean(data: bytes, start: bytes) -> None:
    """Bytes that only begin like a picture are not certified."""
    result = inspect_file(start + data)

    assert result is not None and telling(result.walk) and tiles(result.walk, len(start + data))
