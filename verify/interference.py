"""Non-interference: put something else where the secret was, redact again, demand the same bytes.

Two levels. `after_decode` varies the decoded source, and every result must equal the published file: the redactor does not read
the region. `before_source_compression` varies the picture and compresses it again as the source was (its tables, sampling,
progression, profile and stored orientation): the results must equal each other, so the source's own compression carries nothing
out of the region either. Recompressing is not idempotent, hence not equal to the published file.

Nine pairs without a failure bound the rate of leaking pairs near 3/9 at 95 %: what carries the claim is the code, which
overwrites the region before it reads anything; this test is what would refute it.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from indelible.formats import sniff
from indelible.jpeg import JpegCoding, coding_of
from indelible.media import stored, upright
from indelible.model import Box, Region
from indelible.verify.contents import CONTENTS, Content
from indelible.verify.subject import Redactor

Result = TypeVar("Result")

#: The encoder's numbers for the sampling factors that it can reproduce.
_SUBSAMPLING: dict[tuple[tuple[int, int], ...], int] = {
    ((1, 1), (1, 1), (1, 1)): 0,
    ((2, 1), (1, 1), (1, 1)): 1,
    ((2, 2), (1, 1), (1, 1)): 2,
}


#: Samplings for which OpenCV's encoder stands in.
_OPENCV_FACTORS = {"4:4:0": "IMWRITE_JPEG_SAMPLING_FACTOR_440", "4:1:1": "IMWRITE_JPEG_SAMPLING_FACTOR_411"}


class CannotRecompress(Exception):
    """The source's coding cannot be reproduced, so the second level cannot be tried."""


def after_decode(
    redactor: Redactor,
    original: bytes,
    published: bytes,
    regions: Sequence[Region],
    *,
    seed: int,
    threads: int | None = None,
) -> tuple[int, int]:
    """Swap in the decoded source.

    Args:
        redactor: the redactor under examination, bound to the plan.
        original: the source's bytes.
        published: the published file's bytes.
        regions: the by-construction regions as planned, before growth, upright pixels.
        seed: of the synthetic contents.
        threads: how many swaps run at once; the number of cores by default.

    Returns:
        ``(trials, failures)``: a failure is a result that differs from the published file in any byte.
    """
    source = redactor.decode(original)

    def trial(content: Content) -> bool:
        return redactor.publish(_swapped(source, regions, content, seed)) == published

    results = _in_threads(trial, CONTENTS.values(), threads)
    return len(results), results.count(False)


def before_source_compression(
    redactor: Redactor, original: bytes, regions: Sequence[Region], *, seed: int, threads: int | None = None
) -> tuple[int, int]:
    """Swap before the source's own compression; arguments as in `after_decode`.

    Returns:
        ``(trials, failures)``: a failure is a result that differs from the first one.

    Raises:
        CannotRecompress: the source's sampling cannot be reproduced.
    """
    recompress, pictures, orientation = _recompressor(redactor, original)

    def trial(content: Content) -> bytes:
        swapped = _swapped([upright(picture, orientation) for picture in pictures], regions, content, seed)
        again = recompress([stored(picture, orientation) for picture in swapped])
        return hashlib.sha256(redactor.publish(redactor.decode(again))).digest()

    digests = _in_threads(trial, CONTENTS.values(), threads)
    return len(digests), sum(digest != digests[0] for digest in digests)


def _swapped(
    frames: Sequence[Image.Image], regions: Sequence[Region], content: Content, seed: int
) -> list[Image.Image]:
    """Copies of the frames with other content in the regions; what reaches out of a smaller page is cut off."""
    swapped = [image.copy() for image in frames]
    for region in regions:
        picture = swapped[region.frame]
        picture.paste(_patch(content, region.box, seed, picture.mode), region.box.corners)
    return swapped


Recompress = Callable[[Sequence[Image.Image]], bytes]


def _recompressor(redactor: Redactor, original: bytes) -> tuple[Recompress, Sequence[Image.Image], int]:
    """How to write the source again, its stored pictures in their own mode and colour, and its orientation.

    A lossless source of another kind than a plain PNG is written as uncompressed pages: no sample changes either way.
    """
    kind = sniff(original)
    if kind not in ("jpeg", "png"):
        return _save_pages, redactor.decode(original), 1
    with Image.open(io.BytesIO(original), formats=("JPEG", "PNG")) as opened:
        if kind == "png" and (
            opened.mode not in ("1", "L", "LA", "RGB", "RGBA") or getattr(opened, "is_animated", False)
        ):
            return _save_pages, redactor.decode(original), 1
        orientation = opened.getexif().get(0x0112, 1)
        orientation = orientation if orientation in range(1, 9) else 1
        profile = opened.info.get("icc_profile")
        options: dict[str, Any] = {"icc_profile": profile, "exif": _exif(orientation)}
        save: Callable[[Image.Image], bytes]
        if kind == "png":
            save = partial(_save, kind="PNG", options={**options, "compress_level": 1})
        else:
            untrusted: Any = opened
            coding = coding_of(opened)
            tables = _tables_by_component(untrusted)
            progressive = coding.progressive
            if coding.name == "grey" or coding.factors in _SUBSAMPLING:
                options |= {"qtables": tables, "progressive": progressive}
                options |= {"subsampling": _SUBSAMPLING[coding.factors]} if coding.name != "grey" else {}
                save = partial(_save, kind="JPEG", options=options)
            elif opened.mode == "CMYK" and opened.info.get("adobe_transform") == 0 and set(coding.factors) == {(1, 1)}:
                options |= {"qtables": _one_table(untrusted), "progressive": progressive}
                save = partial(_save, kind="JPEG", options=options)
            elif coding.name in _OPENCV_FACTORS and not profile and tables == _standard_tables(coding.quality):
                save = partial(_save_with_opencv, coding=coding, exif=options["exif"])
            else:
                raise CannotRecompress
        opened.seek(0)
        opened.load()
        picture = opened.copy()
    picture.info = {}
    return lambda pictures: save(pictures[0]), [picture], orientation


def _save_pages(pictures: Sequence[Image.Image]) -> bytes:
    stream = io.BytesIO()
    pictures[0].save(stream, "TIFF", compression="raw", save_all=True, append_images=pictures[1:])
    return stream.getvalue()


def _save(image: Image.Image, *, kind: str, options: dict[str, Any]) -> bytes:
    if kind == "JPEG" and hasattr(os, "memfd_create"):  # the encoder lets other threads run only on a real file
        with os.fdopen(os.memfd_create("indelible", os.MFD_CLOEXEC), "w+b") as unnamed:
            image.save(unnamed, kind, **options)
            unnamed.seek(0)
            return unnamed.read()
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def _save_with_opencv(image: Image.Image, *, coding: JpegCoding, exif: bytes) -> bytes:
    """For samplings that Pillow cannot write; standard tables only. The orientation is put in by hand."""
    import cv2

    settings = [
        cv2.IMWRITE_JPEG_QUALITY,
        coding.quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        getattr(cv2, _OPENCV_FACTORS[coding.name]),
        cv2.IMWRITE_JPEG_PROGRESSIVE,
        int(coding.progressive),
    ]
    written, data = cv2.imencode(".jpg", np.asarray(image)[:, :, ::-1], settings)
    if not written:
        raise CannotRecompress
    encoded: bytes = data.tobytes()
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif if exif else b""
    return encoded[:2] + segment + encoded[2:]


def _exif(orientation: int) -> bytes:
    """An EXIF block with the orientation alone; nothing for upright pictures."""
    if orientation == 1:
        return b""
    bare = Image.Exif()
    bare[0x0112] = orientation
    return bare.tobytes()


def _tables_by_component(opened: Any) -> list[list[int]]:
    """Quantisation tables, luma then chroma: encoders give table 0 to luma and table 1 to both chroma components."""
    tables = [list(opened.quantization[layer[3]]) for layer in opened.layer]
    if len(tables) == 3 and tables[1] != tables[2]:
        raise CannotRecompress
    return tables[:2]


def _one_table(opened: Any) -> list[list[int]]:
    """The table of a four-colour picture whose components share one, as encoders write them."""
    tables = [list(opened.quantization[layer[3]]) for layer in opened.layer]
    if any(table != tables[0] for table in tables):
        raise CannotRecompress
    return tables[:1]


def _standard_tables(quality: int) -> list[list[int]]:
    """The tables that libjpeg writes at a quality, as Pillow reads them back."""
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "JPEG", quality=quality)
    with Image.open(stream) as opened:
        return _tables_by_component(opened)


def _patch(content: Content, box: Box, seed: int, mode: str) -> Image.Image:
    pixels: np.ndarray = content(box.width, box.height, seed)
    return Image.fromarray(pixels).convert(mode)


def _in_threads(trial: Callable[[Content], Result], contents: Iterable[Content], threads: int | None) -> list[Result]:
    with ThreadPoolExecutor(max_workers=threads or os.cpu_count() or 1) as pool:
        return list(pool.map(trial, contents))
