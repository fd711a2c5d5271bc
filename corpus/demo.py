"""Three inputs to try the product on: a portrait, a scanned form and a screenshot, each full of what must not be published.

The portrait is NASA's picture of Eileen Collins, in the public domain and bundled with scikit-image. Everybody else is
invented: addresses in example.org, numbers that are reserved for tests and drama, a position in the empty South Pacific.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from indelible.corpus import demo_form, demo_screenshot, jpegfile
from indelible.corpus.exif import RESOLUTION, Exif, gps, xmp


def write_inputs(folder: Path) -> tuple[Path, ...]:
    """Write ``portrait.jpg``, ``form.jpg`` and ``screenshot.png`` into ``folder`` (made if missing); same bytes every time."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "portrait.jpg": portrait(),
        "form.jpg": demo_form.form(),
        "screenshot.png": demo_screenshot.screenshot(),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return tuple(folder / name for name in files)


def portrait() -> bytes:
    """A camera-like JPEG: 4:2:0, EXIF with owner, serial number, position and thumbnail, and an XMP packet."""
    from skimage import data

    picture = Image.fromarray(data.astronaut())
    body = encoded(picture, quality=92)
    thumbnail = encoded(picture.resize((160, 160), Image.Resampling.LANCZOS), quality=80)
    block = Exif(
        image={
            0x010E: "Official portrait",
            0x010F: "Exemplar",
            0x0110: "Exemplar EX-100",
            0x0112: 1,
            **RESOLUTION,
            0x0131: "Exemplar Firmware 1.02",
            0x0132: "2019:07:16 09:32:00",
            0x013B: "Anna Eriksson",
            0x8298: "Anna Eriksson, Studio Example",
            0x0213: 1,
        },
        camera={
            0x829A: ((1, 125),),
            0x829D: ((56, 10),),
            0x9000: b"0232",
            0x9003: "2019:07:16 09:32:00",
            0x9004: "2019:07:16 09:32:00",
            0x9101: b"\x01\x02\x03\0",
            0xA000: b"0100",
            0xA001: 1,
            0xA002: picture.width,
            0xA003: picture.height,
            0x9286: b"ASCII\0\0\0Sitting 3, room 214",
            0xA420: "6f1c0a4be9d24d7c8a55d0b7310e2f94",
            0xA430: "Anna Eriksson",
            0xA431: "EX100-0042-7781",
            0xA435: "LENS-5531-2207",
        },
        position=gps(-48.8767, -123.3933),
        thumbnail=thumbnail,
    ).to_bytes()
    packet = xmp(
        {
            "exif:GPSLatitude": "48,52.602S",
            "exif:GPSLongitude": "123,23.598W",
            "photoshop:AuthorsPosition": "Photographer",
            "xmp:CreatorTool": "Exemplar Develop 4.1",
            "xmpMM:DocumentID": "xmp.did:6f1c0a4b-e9d2-4d7c-8a55-d0b7310e2f94",
            "xmpMM:InstanceID": "xmp.iid:0b0c6d1e-7a53-49a7-b7e0-15a3a4f9c001",
            "xmpMM:OriginalDocumentID": "xmp.did:11aa22bb-33cc-44dd-85ee-66ff77aa88bb",
        }
    )
    return jpegfile.insert(body, jpegfile.app1_exif(block), jpegfile.app1_xmp(packet))


def encoded(picture: Image.Image, quality: int) -> bytes:
    """``picture`` as a plain 4:2:0 JPEG."""
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality, subsampling="4:2:0")
    return stream.getvalue()
