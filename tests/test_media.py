"""One image in: by content, within limits, upright, in sRGB, bare."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from indelible.errors import InputError, InputRefused
from indelible.media import Limits, open_picture, read_file


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """A file's bytes."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb() -> bytes:
    """A PNG of about 1 kB that claims 50,000 x 50,000 pixels."""
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 900_000))
        + chunk(b"IEND", b"")
    )


def incomplete() -> bytes:
    """A progressive JPEG that ends, properly, after its third scan."""
    data = saved(Image.effect_noise((99, 99), 50), "JPEG", progressive=True)
    scans = [index for index in range(len(data)) if data.startswith(b"\xff\xda", index)]
    return data[: scans[3]] + b"\xff\xd9"


def text_bomb() -> bytes:
    """A PNG whose compressed text inflates to 24 MB."""
    data = saved(Image.new("RGB", (8, 8)), "PNG")
    text = b"Comment\0\0" + zlib.compress(b" " * 24_000_000)
    return data[:33] + chunk(b"zTXt", text) + data[33:]


RGB = Image.new("RGB", (16, 16), "red")
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "text": (lambda: b"hello", "format_unknown"),
    "only the first bytes": (lambda: saved(RGB, "PNG")[:12], "damaged"),
    "truncated jpeg": (lambda: saved(Image.effect_noise((99, 99), 50), "JPEG")[:-900], "damaged"),
    "truncated png": (lambda: saved(Image.effect_noise((99, 99), 50), "PNG")[:-900], "damaged"),
    "incomplete jpeg": (incomplete, "incomplete_scans"),
    "text bomb": (text_bomb, "too_much_text"),
    "bomb": (bomb, "too_many_pixels"),
    "no picture": (lambda: b"%PDF-1.7", "format_unknown"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_input_is_refused_with_a_closed_code(name: str) -> None:
    """And with a message that says what to do."""
    make, code = BAD[name]

    with pytest.raises(InputError) as caught:
        open_picture(make())

    assert caught.value.code == code
    assert caught.value.exit_code == 3
    assert caught.value.remedy


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_is_upright(orientation: int) -> None:
    """As Pillow's own transposition by EXIF turns it."""
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(Image.effect_noise((24, 16), 90), "PNG", exif=exif.tobytes())

    picture = open_picture(data)

    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    assert picture.image.tobytes() == expected.tobytes()
    assert (picture.stored_size, picture.orientation) == ((24, 16), orientation)


def test_a_profile_is_applied_and_dropped() -> None:
    """Swapped primaries in the profile change the numbers; what is left has no metadata."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = open_picture(saved(RGB, "JPEG", icc_profile=profile, comment=b"secret", quality=95, subsampling=0))

    assert picture.image.info == {}
    assert picture.image.getpixel((8, 8))[0] > 250  # type: ignore[index]


def test_what_hides_under_transparency_is_gone() -> None:
    """The picture that is examined and published is the one that a viewer shows on white."""
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[..., 0] = 200
    pixels[4:, :, 3] = 255

    picture = open_picture(saved(Image.fromarray(pixels), "PNG"))

    assert picture.image.mode == "RGB" and picture.alpha
    assert picture.image.getpixel((0, 0)) == (255, 255, 255)
    assert picture.image.getpixel((0, 7)) == (200, 0, 0)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0, "progressive": True}])
def test_a_complete_jpeg_is_read(options: dict[str, bool]) -> None:
    """Baseline or progressive, colour or grey."""
    assert open_picture(saved(RGB, "JPEG", **options)).width == 16
    assert open_picture(saved(RGB.convert("L"), "JPEG", **options)).image.mode == "L"


def test_fill_bytes_and_gaps_between_segments_are_passed_over_as_decoders_do() -> None:
    """They are the verifier's business, not a reason to call the picture incomplete."""
    data = saved(RGB, "JPEG")
    frame, scan = data.index(b"\xff\xc0"), data.index(b"\xff\xda")

    assert open_picture(data[:frame] + b"\xff\xff" + data[frame:]).width == 16
    assert open_picture(data[:scan] + b"stray" + data[scan:]).width == 16


def test_a_palette_source_is_known_as_one() -> None:
    """Its palette saw everything: L-SOURCE-CODEC."""
    assert open_picture(saved(RGB.quantize(4), "PNG")).palette
    assert not open_picture(saved(RGB, "PNG")).palette


def test_sampling_and_quality_are_read_from_the_file() -> None:
    """Never assumed."""
    picture = open_picture(saved(RGB, "JPEG", quality=83, subsampling=1))

    assert picture.jpeg is not None
    assert (picture.jpeg.name, picture.jpeg.mcu, picture.jpeg.quality) == ("4:2:2", (16, 8), 83)


def test_reading_refuses_what_is_no_file(tmp_path: Path) -> None:
    """Folders, pipes, loops of links, nothing, too much."""
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"x" * 100)

    def code(name: str, limits: Limits | None = None) -> str:
        with pytest.raises(InputError) as caught:
            read_file(tmp_path / name, limits)
        assert str(tmp_path) not in str(caught.value)
        return caught.value.code

    assert code("empty") == "empty"
    assert code("loop") == "unreadable"
    assert code("pipe") == "not_a_file"
    assert code(".") == "not_a_file"
    assert code("absent") == "not_found"
    with pytest.raises(InputRefused):
        read_file(tmp_path / "large", Limits(max_bytes=99))
