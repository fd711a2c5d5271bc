"""Every format in: all frames, right colours, timing, and what is refused."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from indelible import plugins
from indelible.decoding import Limits
from indelible.errors import InputError, InputRefused
from indelible.media import open_picture

plugins.formats()
PICTURE = Image.fromarray(np.random.default_rng(4).integers(0, 256, (6, 8, 3), dtype=np.uint8)).resize((64, 48), 3)
COLORS = ("red", "lime", "blue", "yellow")
FRAMES = [Image.new("RGB", (40, 30), color) for color in COLORS]
NEEDS = {"HEIF": "HEIF", "AVIF": "AVIF", "JXL": "JXL"}


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """A file's bytes; skips where this machine cannot write the format."""
    if kind in NEEDS and NEEDS[kind] not in plugins.writable():
        pytest.skip(f"no encoder for {kind} is installed")
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("kind", "format", "options", "spreads"),
    [
        ("BMP", "bmp", {}, False),
        ("TIFF", "tiff", {}, False),
        ("TIFF", "tiff", {"compression": "tiff_lzw"}, False),
        ("TIFF", "tiff", {"compression": "tiff_adobe_deflate"}, False),
        ("TIFF", "tiff", {"compression": "jpeg", "quality": 95}, True),
        ("WEBP", "webp", {"lossless": True}, False),
        ("WEBP", "webp", {"quality": 98}, True),
        ("AVIF", "avif", {"quality": 98, "subsampling": "4:4:4"}, True),
        ("HEIF", "heif", {"quality": 98}, True),
        ("JPEG2000", "jp2", {}, True),
        ("JXL", "jxl", {"lossless": True}, True),
        ("GIF", "gif", {}, True),
    ],
)
def test_a_still_of_every_format_opens_bare_and_says_how_far_its_coding_reaches(
    kind: str, format: str, options: dict[str, object], spreads: bool
) -> None:
    """Colours within what the codec loses; nothing attached; lossy prediction and palettes are named."""
    picture = open_picture(saved(PICTURE, kind, **options))

    assert (picture.format, picture.frames, picture.durations_ms) == (format, 1, ())
    assert picture.image.mode == "RGB" and picture.image.info == {}
    apart = np.abs(np.asarray(picture.image).astype(int) - np.asarray(PICTURE).astype(int)).mean()
    assert apart < 12.0
    assert picture.spreads is spreads


@pytest.mark.parametrize(
    ("kind", "options", "plays"),
    [
        ("GIF", {"loop": 0}, 0),
        ("GIF", {"loop": 2}, 3),
        ("GIF", {}, 1),
        ("PNG", {"loop": 3}, 3),
        ("WEBP", {"loop": 0, "lossless": True}, 0),
        ("WEBP", {"loop": 5, "lossless": True}, 5),
        ("AVIF", {"quality": 100, "subsampling": "4:4:4"}, 0),
    ],
)
def test_every_frame_of_an_animation_comes_with_its_time(kind: str, options: dict[str, object], plays: int) -> None:
    """In order, composed, and how often it runs."""
    times = [100, 50, 200, 40]
    data = saved(FRAMES[0], kind, save_all=True, append_images=FRAMES[1:], duration=times, **options)

    picture = open_picture(data)

    assert picture.frames == 4
    for image, frame in zip(picture.images, FRAMES, strict=True):
        assert np.abs(np.asarray(image).astype(int) - np.asarray(frame)).max() <= 3
    assert (picture.durations_ms, picture.plays) == (tuple(times), plays)


def test_a_frame_that_changes_only_a_part_is_composed() -> None:
    """What a viewer shows, not what the file stores for it."""
    second = FRAMES[0].copy()
    second.paste("blue", (5, 5, 10, 10))
    picture = open_picture(saved(FRAMES[0], "GIF", save_all=True, append_images=[second], duration=100))

    assert picture.images[1].size == (40, 30)
    assert picture.images[1].getpixel((0, 0)) == (255, 0, 0)
    assert picture.images[1].getpixel((7, 7)) == (0, 0, 255)


def test_the_pages_of_a_document_may_differ_in_size() -> None:
    """Each is a page of its own; the picture is as wide and high as the largest."""
    pages = [FRAMES[0], FRAMES[1].resize((20, 60)), FRAMES[2].convert("L")]
    picture = open_picture(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))

    assert [image.size for image in picture.images] == [(40, 30), (20, 60), (40, 30)]
    assert [image.mode for image in picture.images] == ["RGB", "RGB", "L"]
    assert (picture.width, picture.height, picture.durations_ms) == (40, 60, ())


def test_a_reduced_copy_in_a_tiff_is_no_page() -> None:
    """NewSubfileType 1: a thumbnail, left behind."""
    first = saved(FRAMES[0], "TIFF", save_all=True, append_images=[FRAMES[1]])
    copies = saved(FRAMES[0], "TIFF", save_all=True, append_images=[FRAMES[1]], tiffinfo={254: 1})

    assert open_picture(first).frames == 2
    assert open_picture(copies).frames == 1


def test_deep_grey_is_rounded_to_the_nearest_level() -> None:
    """16 bits to 8: black stays black, white stays white, the middle is the middle."""
    deep = np.array([[0, 128, 129, 32_896, 65_535]], np.uint16)
    for kind in ("PNG", "TIFF"):
        picture = open_picture(saved(Image.fromarray(deep), kind))
        assert np.asarray(picture.image).tolist() == [[0, 0, 1, 128, 255]]


def test_four_colour_files_become_what_a_viewer_shows() -> None:
    """JPEG and TIFF in CMYK: pure inks and paper."""
    inks = Image.new("CMYK", (48, 16), (0, 0, 0, 0))
    inks.paste((0, 255, 255, 0), (16, 0, 32, 16))
    inks.paste((0, 0, 0, 255), (32, 0, 48, 16))
    for data in (saved(inks, "JPEG", quality=98), saved(inks, "TIFF")):
        image = open_picture(data).image
        assert image.mode == "RGB"
        shown = [image.getpixel((x, 8)) for x in (8, 24, 40)]
        for found, wanted in zip(shown, [(255, 255, 255), (255, 0, 0), (0, 0, 0)], strict=True):
            assert isinstance(found, tuple)
            assert max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= 12


def test_lab_and_a_profile_are_converted_by_colour_management() -> None:
    """A neutral Lab grey is neutral; a profile with other primaries changes the numbers."""
    lab = Image.merge("LAB", [Image.new("L", (8, 8), value) for value in (128, 128, 128)])
    red, green, blue = open_picture(saved(lab, "TIFF")).image.getpixel((4, 4))  # type: ignore[misc]
    assert max(red, green, blue) - min(red, green, blue) <= 3

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    plain = open_picture(saved(PICTURE, "TIFF")).image
    profiled = open_picture(saved(PICTURE, "TIFF", icc_profile=profile)).image
    assert plain.tobytes() == PICTURE.tobytes()
    assert profiled.info == {}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_usual_tiff_mode_is_eight_bit_afterwards(mode: str) -> None:
    """And transparency lies over white."""
    image = open_picture(saved(PICTURE.convert(mode), "TIFF")).image
    assert image.mode == ("L" if mode in ("1", "L", "LA") else "RGB")
    assert image.size == PICTURE.size


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_tiff_is_upright_and_says_how_it_was_stored(orientation: int) -> None:
    """Its decoder turns it; the size in the directory is the stored one."""
    picture = open_picture(saved(PICTURE, "TIFF", tiffinfo={274: orientation}))

    assert picture.stored_size == (64, 48)
    assert picture.image.size == ((48, 64) if orientation >= 5 else (64, 48))


def raw() -> bytes:
    """A TIFF that says that it is a digital negative (DNGVersion)."""
    return saved(PICTURE, "TIFF", tiffinfo={50706: b"\x01\x04\x00\x00"})


def floating() -> bytes:
    """Samples that are no integers."""
    return saved(Image.fromarray(np.zeros((8, 8), np.float32)), "TIFF")


def canon() -> bytes:
    """The first bytes of a CR2 file, which is a TIFF with a mark behind its header."""
    data = bytearray(saved(PICTURE, "TIFF"))
    return bytes(data[:8]) + b"CR" + bytes(data[10:])


def huge_jxl() -> bytes:
    """The header of a JPEG XL codestream that states 40,000 x 40,000 pixels; its plug-in would decode at once."""
    # SizeHeader: not small, height by the 18-bit choice, ratio 1:1 (ISO/IEC 18181-1, Annex D)
    bits = f"{0:01b}" + f"{2:02b}"[::-1] + f"{39_999:018b}"[::-1] + f"{1:03b}"[::-1]
    value = int(bits[::-1], 2)
    return b"\xff\x0a" + value.to_bytes(16, "little")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (raw, "camera_raw"),
        (canon, "camera_raw"),
        (floating, "color_mode"),
        (huge_jxl, "too_many_pixels"),
        (lambda: saved(PICTURE, "WEBP")[:-200], "damaged"),
        (lambda: saved(PICTURE, "TIFF")[:3000], "damaged"),
        (lambda: saved(PICTURE, "AVIF")[:300], "damaged"),
        (lambda: saved(PICTURE, "BMP")[:300], "damaged"),
        (lambda: b"GIF89a" + bytes(30), "damaged"),
        (lambda: b"8BPS" + bytes(60), "coding_unknown"),
        (lambda: b"8BPS\0\1" + bytes(16) + b"\0\x08\0\3" + bytes(30), "damaged"),
    ],
)
def test_what_cannot_be_redacted_is_refused_with_a_remedy(make: object, code: str) -> None:
    """Never another picture than the one that the file shows."""
    assert callable(make)
    with pytest.raises(InputError) as caught:
        open_picture(make())
    assert caught.value.code == code
    assert caught.value.remedy


def test_limits_count_all_frames_together() -> None:
    """Pixels of every frame, and the frames themselves."""
    data = saved(FRAMES[0], "TIFF", save_all=True, append_images=FRAMES[1:])
    with pytest.raises(InputRefused) as pixels:
        open_picture(data, Limits(max_pixels=3 * 1200))
    with pytest.raises(InputRefused) as count:
        open_picture(data, Limits(max_frames=3))
    assert (pixels.value.code, count.value.code) == ("too_many_pixels", "too_many_frames")
    assert open_picture(data, Limits(max_pixels=4 * 1200, max_frames=4)).frames == 4


def test_a_bitmap_with_a_damaged_size_does_not_take_the_machine() -> None:
    """A header that claims 2^31 rows."""
    data = bytearray(saved(PICTURE, "BMP"))
    struct.pack_into("<i", data, 22, 2**31 - 1)
    with pytest.raises(InputError):
        open_picture(bytes(data))
