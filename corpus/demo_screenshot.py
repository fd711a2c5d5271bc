"""A drawn screenshot of a mail programme: names and addresses on the screen, more of them in the file round it."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageDraw

from indelible.corpus import pngfile
from indelible.corpus.draw import Color, font

WIDTH, HEIGHT = 1280, 800
_INK, _GREY, _LINE = (32, 36, 44), (104, 112, 124), (220, 224, 230)

_MAILS = (
    ("Anna Eriksson", "anna.eriksson@example.org", "Contract draft", "09:41", (196, 88, 72)),
    ("Peter Novak", "peter.novak@example.com", "Re: Thursday's appointment", "09:12", (72, 128, 196)),
    ("Maria Rossi", "maria.rossi@example.net", "Lab results", "08:55", (96, 160, 96)),
    ("John Carter", "john.carter@example.org", "New telephone number", "Mon", (168, 112, 184)),
    ("Helen Brooks", "helen.brooks@example.com", "Invoice 2291", "Mon", (208, 152, 64)),
    ("David Klein", "david.klein@example.net", "Minutes of the meeting", "Sun", (80, 160, 168)),
)
_BODY = (
    "Hello Peter,",
    "",
    "here is the draft that we spoke about. Please send it",
    "back to me before the end of the week.",
    "",
    "You can reach me at +44 20 7946 0958, or write to",
    "anna.eriksson@example.org.",
    "",
    "Kind regards",
    "Anna Eriksson",
)


def screenshot() -> bytes:
    """The PNG: text chunks that name author, path and contents, a time, and an earlier picture behind IEND."""
    screen = _screen()
    stream = io.BytesIO()
    screen.save(stream, "PNG")
    data = pngfile.insert(
        stream.getvalue(),
        pngfile.Chunk(b"pHYs", struct.pack(">IIB", 3779, 3779, 1)),
        pngfile.Chunk(b"tIME", struct.pack(">HBBBBB", 2019, 7, 16, 9, 42, 10)),
        pngfile.text("Author", "Peter Novak"),
        pngfile.text("Source", "/home/peter.novak/Desktop/mail-anna-eriksson.png"),
        pngfile.international_text("Description", "Mail from Anna Eriksson about the contract \u2013 for Helen"),
        pngfile.compressed_text("Comment", b"window title: Contract draft - peter.novak@example.com"),
    )
    return data + _earlier(screen)


def _earlier(screen: Image.Image) -> bytes:
    """What an editor that did not truncate its file leaves: a small copy of the picture and the end of an older stream."""
    stream = io.BytesIO()
    screen.resize((320, 200), Image.Resampling.LANCZOS).save(stream, "JPEG", quality=80)
    return stream.getvalue() + zlib.compress(screen.crop((280, 60, 680, 300)).tobytes(), 6)[-4096:]


def _screen() -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), (250, 251, 252))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 44), fill=(56, 64, 80))
    for place, color in enumerate(((236, 96, 88), (244, 190, 80), (98, 196, 84))):
        pen.ellipse((16 + 24 * place, 15, 30 + 24 * place, 29), fill=color)
    pen.text((110, 12), "Mail - Inbox", font=font(17), fill=(240, 242, 246))
    pen.rectangle((0, 45, 190, HEIGHT), fill=(236, 239, 244))
    for row, label in enumerate(("Inbox", "Drafts", "Sent", "Archive", "Settings")):
        pen.text((24, 70 + 40 * row), label, font=font(17), fill=_INK if row == 0 else _GREY)
    for row, mail in enumerate(_MAILS):
        _entry(pen, 190, 45 + 118 * row, *mail)
    pen.line((640, 45, 640, HEIGHT), fill=_LINE, width=2)
    pen.text((672, 70), "Contract draft", font=font(27), fill=_INK)
    _avatar(pen, 672, 120, 52, "AE", (196, 88, 72))
    pen.text((740, 122), "Anna Eriksson", font=font(19), fill=_INK)
    pen.text((740, 150), "anna.eriksson@example.org", font=font(17), fill=_GREY)
    for row, line in enumerate(_BODY):
        pen.text((672, 210 + 34 * row), line, font=font(20), fill=_INK)
    pen.rounded_rectangle((672, 590, 800, 634), 8, fill=(64, 112, 208))
    pen.text((706, 600), "Reply", font=font(19), fill=(255, 255, 255))
    return image


def _entry(
    pen: ImageDraw.ImageDraw, x: int, y: int, name: str, address: str, subject: str, when: str, tone: Color
) -> None:
    initials = "".join(part[0] for part in name.split())
    _avatar(pen, x + 16, y + 18, 56, initials, tone)
    pen.text((x + 88, y + 14), name, font=font(19), fill=_INK)
    pen.text((x + 88, y + 42), address, font=font(16), fill=_GREY)
    pen.text((x + 88, y + 70), subject, font=font(18), fill=_INK)
    pen.text((x + 390, y + 16), when, font=font(15), fill=_GREY)
    pen.line((x, y + 117, 640, y + 117), fill=_LINE)


def _avatar(pen: ImageDraw.ImageDraw, x: int, y: int, size: int, initials: str, tone: Color) -> None:
    pen.ellipse((x, y, x + size, y + size), fill=tone)
    pen.text(
        (x + size / 2, y + size / 2),
        initials,
        font=font(size * 2 // 5),
        fill=(255, 255, 255),
        anchor="mm",
    )
