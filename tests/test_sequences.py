"""Image sequences in AVIF are opened frame by frame; codings that nobody here decodes are refused by name, not called damaged."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from indelible import plugins, sequences
from indelible.errors import InputError, InputRefused
from indelible.media import open_picture
from indelible.redact.formats import format_for
from indelible.verify.samples import texture


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def _film(whole: int, once: int | None, *, repeated: bool = True) -> bytes:
    track = _box(b"tkhd", b"\0" * 20 + struct.pack(">I", whole) + b"\0" * 60)
    if once is not None:
        entry = struct.pack(">IIII", int(repeated), 1, once, 0)
        track += _box(b"edts", _box(b"elst", entry))
    return _box(b"ftyp", b"avis\0\0\0\0avis") + _box(b"moov", _box(b"trak", track))


@pytest.mark.parametrize(
    ("film", "times"),
    [
        (_film(0xFFFFFFFF, 100), 0),
        (_film(300, 100), 3),
        (_film(250, 100), 3),
        (_film(300, 100, repeated=False), 1),
        (_film(300, None), 0),
        (_film(300, 0), 0),
        (b"", 0),
        (b"\0\0\0\1moov" + b"\xff" * 8, 0),
    ],
)
def test_how_often_a_sequence_runs_is_in_its_edit_list(film: bytes, times: int) -> None:
    """Without end where the track has no length, or says nothing; else how often the edit fits into it."""
    assert times == sequences.plays(film)


@pytest.mark.skipif("AVIF" not in plugins.writable(), reason="no AVIF coder in this Pillow")
def test_an_avif_sequence_is_opened_whole_and_written_as_an_animated_png() -> None:
    """Every frame with its time; AVIF holds one picture here, so PNG stands in unless a format is named."""
    frames = [texture(64, 48, seed) for seed in (1, 2, 3)]
    stream = io.BytesIO()
    frames[0].save(stream, "AVIF", save_all=True, append_images=frames[1:], duration=[40, 80, 120])
    picture = open_picture(stream.getvalue())

    assert (3, (40, 80, 120)) == (picture.frames, picture.durations_ms)
    assert picture.spreads
    assert ("png", "webp") == (format_for(picture, None).name, format_for(picture, "webp").name)


@pytest.mark.parametrize(
    "data",
    [
        b"8BPS\0\1" + b"\0" * 6 + struct.pack(">HIIHH", 3, 8, 8, 16, 3) + b"\0" * 64,
        b"8BPS\0\2" + b"\0" * 6 + struct.pack(">HIIHH", 3, 8, 8, 8, 3) + b"\0" * 64,
        b"BM" + b"\0" * 12 + b"\x40\0\0\0" + b"\1\0\0\0" * 2 + b"\1\0\1\0" + b"\3\0\0\0" + b"\0" * 64,
    ],
)
def test_a_coding_that_nothing_here_reads_is_refused_by_name(data: bytes) -> None:
    """Deep PSD, PSB and OS/2's Huffman bitmaps are whole files: the remedy is another format, not another copy."""
    with pytest.raises(InputRefused) as caught:
        open_picture(data)

    assert "coding_unknown" == caught.value.code


def _gif(frames: int, last: tuple[int, int]) -> bytes:
    """A GIF whose screen is 8x8 and whose last frame reaches beyond it."""
    small, large = _still_gif((8, 8)), _still_gif(last)
    start = small.index(b",\0\0\0\0")
    loop = b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0"
    return small[:start] + loop + small[start:-1] * (frames - 1) + large[large.index(b",\0\0\0\0") : -1] + b";"


def _still_gif(size: tuple[int, int]) -> bytes:
    stream = io.BytesIO()
    Image.new("P", size).save(stream, "GIF")
    return stream.getvalue()


def test_frames_beyond_the_screen_count_at_their_full_size() -> None:
    """Every frame gets the largest size: a small file cannot make a thousand large pictures of it."""
    picture = open_picture(_gif(3, (20, 12)))

    assert {(20, 12)} == {image.size for image in picture.images}
    with pytest.raises(InputRefused) as caught:
        open_picture(_gif(900, (2_000, 2_000)))
    assert "too_many_pixels" == caught.value.code


def test_a_png_whose_coded_data_is_broken_is_damaged() -> None:
    """Half a picture is no picture: the second half would be published as if it had been empty."""
    stream = io.BytesIO()
    texture(64, 48, 1).save(stream, "PNG")
    data = bytearray(stream.getvalue())
    at = data.index(b"IDAT")
    data[at + 1_000 : at + 1_060] = b"\xff" * 60

    with pytest.raises(InputError) as caught:
        open_picture(bytes(data))
    assert "damaged" == caught.value.code


def test_an_ordinary_picture_is_no_sequence() -> None:
    """A still has one frame and no times."""
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(stream, "BMP")
    picture = open_picture(stream.getvalue())

    assert (1, ()) == (picture.frames, picture.durations_ms)
