"""The searcher of the leak tests finds what is planted, in every spelling and packing, and nothing where nothing is.

Without this, "no canary was found" would say nothing.
"""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.reports.canaries import Searcher, spellings

SECRET = 'Canary Eriksson <b>&"4711/+é'
BOX = (40, 24, 104, 72)


def _scene(seed: int = 0) -> Image.Image:
    """A picture with a pattern of 8 x 6 coloured squares at `BOX`."""
    rng = np.random.default_rng(seed)
    picture = Image.linear_gradient("L").resize((160, 120)).convert("RGB")
    pattern = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    picture.paste(pattern.resize((64, 48), Image.Resampling.NEAREST), BOX[:2])
    return picture


@pytest.fixture
def searcher() -> Searcher:
    """One value, one digest, one area."""
    made = Searcher()
    made.text("name", SECRET)
    made.blob("digest", bytes(range(100, 132)))
    made.area("face", _scene(), BOX)
    return made


def _zip(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("notes.txt", data)
    return stream.getvalue()


RAW = SECRET.encode()
#: What surrounds a leak in a real file.
AROUND = b'{"predicate": {"rows": [1, 2, 3], "name": "file-0001"}, "digest": "' + b"ab" * 32 + b'"}'

PACKED: dict[str, Callable[[], bytes]] = {
    **{f"as {way}": (lambda data=data: data) for way, data in spellings(SECRET).items()},  # type: ignore[misc]
    "other case": lambda: SECRET.upper().encode(),
    **{
        f"base64 at {shift}": (lambda shift=shift: base64.b64encode(bytes(shift) + RAW + b"tail"))  # type: ignore[misc]
        for shift in range(3)
    },
    "base64 in lines": lambda: base64.encodebytes(b"x" * 50 + RAW * 3),
    "base64 for addresses": lambda: base64.urlsafe_b64encode(b"ab" + RAW),
    "hex in capitals": lambda: RAW.hex().upper().encode(),
    "utf-16 with a mark": lambda: SECRET.encode("utf-16"),
    "percent for every letter": lambda: "".join(f"%{byte:02X}" for byte in RAW).encode(),
    "numbered entities": lambda: "".join(f"&#{ord(letter)};" for letter in SECRET).encode(),
    "escaped letters": lambda: "".join(f"\\u{ord(letter):04x}" for letter in SECRET).encode(),
    "zlib": lambda: zlib.compress(b"before " + RAW),
    "zlib, fast": lambda: zlib.compress(RAW * 2, 1),
    "zlib, cut off": lambda: zlib.compress(RAW + bytes(range(256)))[:-30],
    "gzip": lambda: gzip.compress(RAW, mtime=0),
    "zip": lambda: _zip(RAW),
    "gzip in base64": lambda: base64.b64encode(gzip.compress(RAW * 2, mtime=0)),
    "base64 in zlib": lambda: zlib.compress(b"data:text/plain;base64," + base64.b64encode(RAW)),
    "utf-16 in zlib in base64": lambda: base64.b64encode(zlib.compress(SECRET.encode("utf-16-le"))),
    "json in json": lambda: json.dumps(json.dumps({"a": SECRET})).encode(),
    "html in an address": lambda: urllib.parse.quote(html.escape(SECRET)).encode(),
    "digest": lambda: bytes(range(100, 132)),
    "digest in hex": lambda: bytes(range(100, 132)).hex().encode(),
    "digest in base64": lambda: base64.b64encode(b"x" + bytes(range(100, 132))),
    "row of pixels": lambda: _scene().crop(BOX).tobytes(),
    "rows in zlib": lambda: zlib.compress(_scene().tobytes()),
}


@pytest.mark.parametrize("name", sorted(PACKED))
def test_what_is_planted_is_found(searcher: Searcher, name: str) -> None:
    """In the middle of a file, however it is written."""
    planted = AROUND + b"\n" + PACKED[name]() + b"\n" + AROUND

    assert searcher.found(planted)


def _file(picture: Image.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


PICTURES: dict[str, Callable[[], bytes]] = {
    "the original": lambda: _file(_scene(), "PNG"),
    "a thumbnail": lambda: _file(_scene().resize((80, 60)), "JPEG", quality=70),
    "enlarged": lambda: _file(_scene().resize((640, 480)), "WEBP"),
    "the crop alone": lambda: _file(_scene().crop(BOX).resize((72, 72)), "PNG"),
    "blurred": lambda: _file(_scene().resize((40, 30), Image.Resampling.BOX), "GIF"),
    "in a page": lambda: b'<img src="data:image/png;base64,' + base64.b64encode(_file(_scene(), "PNG")) + b'">',
    "behind another": lambda: _file(Image.new("RGB", (160, 120)), "JPEG") + _file(_scene().resize((80, 60)), "JPEG"),
}


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_hidden_area_is_found_in_a_picture(searcher: Searcher, name: str) -> None:
    """Scaled, compressed, cut out, embedded."""
    assert any("picture" in answer for answer in searcher.found(PICTURES[name]()))


def test_nothing_is_found_where_nothing_is(searcher: Searcher) -> None:
    """Certificates, noise, compressed noise, other pictures, and the scene with its area filled."""
    rng = np.random.default_rng(1)
    filled = _scene()
    filled.paste(0, BOX)
    noise = rng.integers(0, 256, 200_000, dtype=np.uint8).tobytes()
    info = PngInfo()
    info.add_text("Author", "nobody")
    for data in (
        AROUND * 50,
        noise,
        zlib.compress(AROUND * 50),
        base64.b64encode(noise),
        _file(filled, "PNG", pnginfo=info),
        _file(filled.resize((80, 60)), "JPEG"),
        *(_file(_scene(seed), "PNG") for seed in range(1, 20)),
    ):
        assert searcher.found(data) == set()
