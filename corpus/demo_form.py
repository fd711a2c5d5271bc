"""A scanned membership form: names, address, numbers, a machine-readable zone and a code, none of them anybody's."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw

from indelible.corpus.draw import fixed_pitch, font

WIDTH, HEIGHT = 1240, 1754  # A4 at 150 dpi
CARD = "4111 1111 1111 1111"  # the card schemes' test number
IBAN = "GB82 WEST 1234 5698 7654 32"  # the example of ISO 13616
PHONE = "+44 20 7946 0958"  # reserved for drama (Ofcom)
CODE = "BEGIN:VCARD\nVERSION:3.0\nN:Eriksson;Anna Maria\nTEL:+442079460958\nEMAIL:anna.eriksson@example.org\nEND:VCARD"

_FIELDS = (
    ("Family name", "Eriksson"),
    ("Given names", "Anna Maria"),
    ("Date of birth", "12 August 1974"),
    ("Address", "14 Maple Street, Exampleton EX4 2ZZ"),
    ("E-mail", "anna.eriksson@example.org"),
    ("Telephone", PHONE),
    ("Card number", CARD),
    ("IBAN", IBAN),
    ("Passport no.", "L898902C3"),
)


def form() -> bytes:
    """The scan: grey paper, a trace of rotation and noise, JPEG 4:4:4 at quality 85."""
    page = _page()
    turned = page.rotate(0.2, Image.Resampling.BICUBIC, fillcolor=238)
    noise = np.random.default_rng(20190716).normal(0.0, 2.2, (HEIGHT, WIDTH))
    shade = np.linspace(0.0, -9.0, WIDTH)[None, :]  # the lamp falls off to one side
    grey = np.clip(np.asarray(turned, np.float64) + noise + shade, 0, 255).astype(np.uint8)
    paper = np.stack([grey, grey, np.clip(grey.astype(np.int16) - 5, 0, 255).astype(np.uint8)], axis=-1)
    stream = io.BytesIO()
    Image.fromarray(paper).save(stream, "JPEG", quality=85, subsampling="4:4:4", dpi=(150, 150))
    return stream.getvalue()


def machine_readable_zone() -> tuple[str, str]:
    """Two lines of 44 characters for an invented holder (ICAO 9303-4; the state UTO is the standard's Utopia)."""
    first = "P<UTOERIKSSON<<ANNA<MARIA".ljust(44, "<")
    number, born, expires, personal = "L898902C3", "740812", "290415", "ZE184226B".ljust(14, "<")
    parts = [part + check_digit(part) for part in (number, born, expires, personal)]
    composite = check_digit("".join(parts))
    return first, parts[0] + "UTO" + parts[1] + "F" + parts[2] + parts[3] + composite


def check_digit(text: str) -> str:
    """ICAO 9303-3, section 4.9: weights 7, 3, 1; letters count from A = 10; the filler is 0."""
    values = (0 if sign == "<" else int(sign, 36) for sign in text)
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def _page() -> Image.Image:
    page = Image.new("L", (WIDTH, HEIGHT), 238)
    pen = ImageDraw.Draw(page)
    pen.text((90, 90), "Membership application", font=font(50), fill=32)
    pen.text((90, 165), "Please fill in every field in block letters or by keyboard.", font=font(26), fill=70)
    pen.line((90, 220, WIDTH - 90, 220), fill=90, width=3)
    for row, (label, value) in enumerate(_FIELDS):
        y = 258 + 92 * row
        pen.text((90, y), f"{label}:", font=font(28), fill=96)
        pen.text((360, y - 3), value, font=font(32), fill=30)
        pen.line((350, y + 46, WIDTH - 90, y + 46), fill=160, width=2)
    y = 1110
    pen.text((90, y), "Terms", font=font(32), fill=40)
    for row, line in enumerate(
        (
            "Membership runs for one year and renews",
            "itself unless it is ended one month before.",
            "Books may be kept for four weeks. Fees are",
            "listed on the notice board at the entrance.",
            "Keep this form with your other papers.",
        )
    ):
        pen.text((90, y + 60 + 44 * row), line, font=font(27), fill=60)
    page.paste(_code(), (WIDTH - 90 - 330, y))
    for row, line in enumerate(machine_readable_zone()):
        fixed_pitch(pen, (70, 1530 + 62 * row), line, size=41, pitch=25, fill=24)
    return page


def _code() -> Image.Image:
    import zxingcpp

    made = zxingcpp.create_barcode(CODE, zxingcpp.BarcodeFormat.QRCode)
    small = np.asarray(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=True))
    scale = 330 // small.shape[0]
    dark = Image.fromarray(np.where(small > 127, 238, 30).astype(np.uint8))
    code = dark.resize((small.shape[1] * scale, small.shape[0] * scale), Image.Resampling.NEAREST)
    canvas = Image.new("L", (330, 330), 238)
    canvas.paste(code, ((330 - code.width) // 2, (330 - code.height) // 2))
    return canvas
