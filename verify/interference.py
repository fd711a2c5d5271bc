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
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from indelible.media import stored, upright
from indelible.model import Box
from indelible.verify.contents import CONTENTS, Content
from indelible.verify.subject import Redactor

Result = TypeVar("Result")

#: The encoder's numbers for the sampling factors that it can reproduce.
_SUBSAMPLING = {
    ((1, 1), (1, 1), (1, 1)): 0,
    ((2, 1), (1, 1), (1, 1)): 1,
    ((2, 2), (1, 1), (1, 1)): 2,
}


class CannotRecompress(Exception):
    """The source's coding cannot be reproduced, so the second level cannot be tried."""


def after_decode(
    redactor: Redactor,
    original: bytes,
    published: bytes,
    boxes: Sequence[Box],
    *,
    seed: int,
    threads: int | None = None,
) -> tuple[int, int]:
    """Swap in the decoded source.

    Args:
        redactor: the redactor under examination, bound to the plan.
        original: the source's bytes.
        published: the published file's bytes.
        boxes: the by-construction regions as planned, before growth, upright pixels.
        seed: of the synthetic contents.
        threads: how many swaps run at once; the number of cores by default.

    Returns:
        ``(trials, failures)``: a failure is a result that differs from the published file in any byte.
    """
    source = redactor.decode(original)

    def trial(content: Content) -> bool:
        picture = source.copy()
        for box in boxes:
            picture.paste(_patch(content, box, seed, picture.mode), box.corners)
        return redactor.publish(picture) == published

    results = _in_threads(trial, CONTENTS.values(), threads)
    return len(results), results.count(False)


def before_source_compression(
    redactor: Redactor, original: bytes, boxes: Sequence[Box], *, seed: int, threads: int | None = None
) -> tuple[int, int]:
    """Swap before the source's own compression; arguments as in `after_decode`.

    Returns:
        ``(trials, failures)``: a failure is a result that differs from the first one.

    Raises:
        CannotRecompress: the source's sampling cannot be reproduced.
    """
    recompress, picture, orientation = _recompressor(original)

    def trial(content: Content) -> bytes:
        swapped = upright(picture, orientation).copy()
        for box in boxes:
            swapped.paste(_patch(content, box, seed, swapped.mode), box.corners)
        again = recompress(stored(swapped, orientation))
        return hashlib.sha256(redactor.publish(redactor.decode(again))).digest()

    digests = _in_threads(trial, CONTENTS.values(), threads)
    return len(digests), sum(digest != digests[0] for digest in digests)


def _recompressor(original: bytes) -> tuple[Callable[[Image.Image], bytes], Image.Image, int]:
    """How to write the source again, its stored picture in its own mode and colour, and its orientation."""
    with Image.open(io.BytesIO(original), formats=("JPEG", "PNG")) as opened:
        untrusted: Any = opened
        exif = opened.getexif()
        orientation = exif.get(0x0112, 1)
        orientation = orientation if orientation in range(1, 9) else 1
        options: dict[str, Any] = {"icc_profile": opened.info.get("icc_profile")}
        if orientation != 1:
            bare = Image.Exif()
            bare[0x0112] = orientation
            options["exif"] = bare.tobytes()
        if opened.format == "JPEG":
            factors = tuple((h, v) for _, h, v, _ in untrusted.layer)
            if len(factors) > 1:
                if factors not in _SUBSAMPLING:
                    raise CannotRecompress
                options["subsampling"] = _SUBSAMPLING[factors]
            options["qtables"] = _tables_in_order(untrusted)
            options["progressive"] = bool(opened.info.get("progressive"))
        opened.load()
        picture = opened.copy()
    picture.info = {}
    kind = "JPEG" if "qtables" in options else "PNG"
    if kind == "PNG":
        options["compress_level"] = 1

    def recompress(image: Image.Image) -> bytes:
        stream = io.BytesIO()
        if hasattr(os, "memfd_create") and kind == "JPEG":  # the encoder lets other threads run only on a real file
            with os.fdopen(os.memfd_create("indelible", os.MFD_CLOEXEC), "w+b") as unnamed:
                image.save(unnamed, kind, **options)
                unnamed.seek(0)
                return unnamed.read()
        image.save(stream, kind, **options)
        return stream.getvalue()

    return recompress, picture, orientation


def _tables_in_order(opened: Any) -> list[list[int]]:
    """Quantisation tables by component: the encoder gives table 0 to luma and table 1 to chroma."""
    tables = [opened.quantization[layer[3]] for layer in opened.layer]
    if len(tables) == 3 and tables[1] != tables[2]:
        raise CannotRecompress
    return [tables[0], tables[1]] if len(tables) > 1 else [tables[0]]


def _patch(content: Content, box: Box, seed: int, mode: str) -> Image.Image:
    pixels: np.ndarray = content(box.width, box.height, seed)
    return Image.fromarray(pixels).convert(mode)


def _in_threads(trial: Callable[[Content], Result], contents: Iterable[Content], threads: int | None) -> list[Result]:
    with ThreadPoolExecutor(max_workers=threads or os.cpu_count() or 1) as pool:
        return list(pool.map(trial, contents))
