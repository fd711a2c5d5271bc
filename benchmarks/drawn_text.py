"""Pictures with text that issue lists find thin: badges, whiteboards, embossed cards, dark screens, worn receipts, small print askew,
address lists, posters. Made at run time from a seed; every line is labelled. Nothing is stored.

Two sets of wording: ``first`` was shown to the rules before anything was mended, ``next`` afterwards, with other seeds. Persons come
from the Faker package, whose lists the rules know too; so a third of the surnames is put together from syllables instead.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from synthetic_documents import Document, Page, Person, Piece, Point, _font, _person

#: Latin scripts of Europe.
COUNTRIES = (
    "en_GB en_IE de_DE de_AT de_CH fr_FR fr_CH nl_NL nl_BE es_ES it_IT pt_PT pl_PL cs_CZ sk_SK hu_HU ro_RO hr_HR sl_SI sv_SE da_DK"
    " no_NO fi_FI et_EE lt_LT lv_LV tr_TR"
).split()
_SANS = ("LiberationSans-Regular", "DejaVuSans", "LiberationSansNarrow-Regular", "DejaVuSansCondensed")
_HAND = (
    "LiberationSerif-Italic",
    "DejaVuSerifCondensed-Italic",
    "DejaVuSansCondensed-Oblique",
    "LiberationSans-Italic",
)
_MONO = "LiberationMono-Regular"

#: Lines without anything personal, by row and set.
WORDING: dict[str, dict[str, tuple[str, ...]]] = {
    "first": {
        "badge": tuple(
            "DEVELOPERS CONGRESS|Exhibitor|Hall 4 Stand 112|Day pass|Speaker|STAFF|Nordic Health Days|Press".split("|")
        ),
        "board": tuple(
            "Retro Sprint 14|deploy on Thursday!|TODO:|what went well|order new cables|lunch 12:30|Q3 goals|call supplier|budget -> 40k".split(
                "|"
            )
        ),
        "screen": tuple(
            "Settings|Notifications|Privacy and security|Storage 41.2 GB used|Dark mode|Sign out|Last synced 5 min ago|Version 8.1.0|Appearance"
            "|Downloads|Weather: 14° light rain|3 unread messages|Join meeting|Search settings".split("|")
        ),
        "receipt": tuple(
            "Oat milk 1L|Rye bread|Tomatoes loose|Dish soap|Batteries AA|Olive oil|Yoghurt nat.|Paper towels|SUBTOTAL|CARD PAYMENT|Change due".split(
                "|"
            )
        ),
        "print": tuple(
            "Keep refrigerated below 5 degrees|Best before see lid|Made from 80 % recycled paper|Do not bend or fold|Handle with care"
            "|Contents may settle in transit|Press firmly to open".split("|")
        ),
        "poster": tuple(
            "SUMMER SALE|Lucky numbers of the week|Jackpot|up to 40 % off|Lot|Batch|Catalogue|Open air concert|Doors 19:30".split(
                "|"
            )
        ),
    },
    "next": {
        "badge": tuple(
            "ROBOTICS SUMMIT|Visitor|Level 2 Room B|Weekend ticket|Moderator|CREW|Baltic Energy Forum|Organiser".split(
                "|"
            )
        ),
        "board": tuple(
            "Kick-off new shop|ship it Monday|open points|risks + ideas|paint the kitchen|coffee 10:15|milestones|ask legal|cost < 12k".split(
                "|"
            )
        ),
        "screen": tuple(
            "Preferences|Sound and vibration|Backup finished|Battery saver on|Language|Log out|Updated just now|Build 2291|Display"
            "|Playlists|Tomorrow: 9° cloudy|New voicemail|Start call|Find in page".split("|")
        ),
        "receipt": tuple(
            "Soy drink 1L|Wholemeal rolls|Carrots 1kg|Shampoo|Light bulb E27|Sunflower oil|Cottage cheese|Napkins|NET AMOUNT|PAID BY CARD|Rounding".split(
                "|"
            )
        ),
        "print": tuple(
            "Store in a dry place|Lot number on the base|Wash at 30 degrees|This side up|Fragile goods inside|Shake before use|Tear along the line".split(
                "|"
            )
        ),
        "poster": tuple(
            "GRAND OPENING|Winning tickets|Raffle|save 25 % today|Edition|Serial|Part|Street food night|Starts 20:00".split(
                "|"
            )
        ),
    },
}
_START, _MIDDLE, _END = (
    "Br Kal Ven Tor Mel Dra Sol Gry Fen Har Wil Ost Zab Lun Rav Pet".split(),
    "en ov ar in el ut as ir om".split(),
    "kova sen berg ini eaux scu wick mann ska oglu zak dal ström vics".split(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """What a row is drawn from."""

    random: random.Random
    people: list[Person]
    words: dict[str, tuple[str, ...]]


Row = Callable[[Chance], Document]


def made(row: str, seed: int, count: int, wording: str) -> Iterator[Document]:
    """``count`` pictures of one row; the same seed draws the same pictures."""
    from faker import Faker

    for number in range(count):
        chance = random.Random(f"{row}/{seed}/{number}/{wording}")
        country = COUNTRIES[chance.randrange(len(COUNTRIES))]
        fake = Faker(country)
        fake.seed_instance(chance.randrange(2**31))
        people = []
        for _ in range(5):
            person = _person(fake, chance)
            if chance.random() < 1 / 3:
                strange = chance.choice(_START) + chance.choice(_MIDDLE) + chance.choice(_END)
                person = replace(person, surname=strange)
            people.append(person)
        document = ROWS[row](Chance(random=chance, people=people, words=WORDING[wording]))
        yield replace(document, kind=row, country=country)


def _page(size: tuple[int, int], paper: tuple[int, int, int], ink: tuple[int, int, int], family: str) -> Page:
    return Page(image=Image.new("RGB", size, paper), ink=ink, family=family)


def _finished(page: Page, angle: float = 0.0) -> Document:
    return Document(kind="", country="", angle=angle, image=page.image, pieces=tuple(page.pieces))


def _grey(chance: random.Random, low: int, high: int) -> tuple[int, int, int]:
    value = chance.randint(low, high)
    return tuple(max(0, min(255, value + chance.randint(-12, 12))) for _ in range(3))  # type: ignore[return-value]


def _noisy(image: Image.Image, chance: random.Random, sigma: float, blur: float = 0.0) -> Image.Image:
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur))
    pixels = np.asarray(image, np.float32)
    pixels = pixels + np.random.default_rng(chance.randrange(2**31)).normal(0, sigma, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def warped(document: Document, corners: tuple[Point, ...], size: tuple[int, int], ground: Image.Image) -> Document:
    """The picture laid with its four corners on a ground: seen from the side."""
    import cv2

    width, height = document.image.size
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, np.array(corners, np.float32))
    flat = cv2.warpPerspective(np.asarray(document.image), matrix, size, flags=cv2.INTER_AREA)
    cover = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, size)
    image = ground.resize(size).convert("RGB")
    image.paste(Image.fromarray(flat), mask=Image.fromarray(cover))
    pieces = []
    for piece in document.pieces:
        points = cv2.perspectiveTransform(np.array([piece.corners], np.float32), matrix)[0]
        pieces.append(replace(piece, corners=tuple((float(x), float(y)) for x, y in points)))
    return replace(document, image=image, pieces=tuple(pieces))


def _cloth(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    rng = np.random.default_rng(chance.randrange(2**31))
    base = np.array([chance.randint(20, 150) for _ in range(3)], np.float32)
    coarse = Image.fromarray(rng.integers(0, 256, (9, 7), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    pixels = base + (np.asarray(coarse, np.float32)[..., None] - 128) * 0.25 + rng.normal(0, 4, (size[1], size[0], 1))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _badge(chance: Chance) -> Document:
    rng, person, words = chance.random, chance.people[0], chance.words["badge"]
    colour = _grey(rng, 30, 120)
    page = _page((420, 600), (250, 250, 248), (20, 20, 30), rng.choice(_SANS))
    ImageDraw.Draw(page.image).rectangle((0, 0, 420, 120), fill=colour)
    page.ink = (255, 255, 255)
    page.put(30, 40, 30, (rng.choice(words[:1] + words[6:7]), False))
    page.ink = (20, 20, 30)
    if rng.random() < 0.5:  # the given name large, the surname under it
        y = page.put(34, 190, 62, (person.given, True))
        y = page.put(34, y - 4, 36, (person.surname, True))
    else:
        y = page.put(34, 200, 44 if len(person.name) < 16 else 34, (person.name, True))
    y = page.put(34, y + 10, 24, (person.company[:28], False))
    page.put(34, 520, 30, (rng.choice(words[1:6]), False))
    size = (760, 900)
    wide = rng.uniform(250, 420)
    high = wide * 600 / 420
    x, y = rng.uniform(60, size[0] - wide - 60), rng.uniform(60, size[1] - high - 60)
    turn = math.radians(rng.uniform(-14, 14))
    corners = []
    for across, down in ((0, 0), (1, 0), (1, 1), (0, 1)):
        px, py = (across - 0.5) * wide * rng.uniform(0.93, 1), (down - 0.5) * high
        corners.append(
            (
                x + wide / 2 + px * math.cos(turn) - py * math.sin(turn),
                y + high / 2 + px * math.sin(turn) + py * math.cos(turn),
            )
        )
    seen = warped(_finished(page), tuple(corners), size, _cloth(rng, size))
    return replace(seen, image=_noisy(seen.image, rng, 4, 0.6))


def scribble(
    page: Page, x: float, y: float, size: int, text: str, personal: bool, rng: random.Random, beside: bool = False
) -> float:
    """Write as with a marker: every letter a little turned, shifted and of its own size. Returns the y below."""
    family = page.family
    start, top, bottom = x, float("inf"), 0.0
    slope = rng.uniform(-0.03, 0.03)
    for sign in text:
        font = _font(family, max(8, round(size * rng.uniform(0.88, 1.12))))
        if sign == " ":
            x += size * 0.35
            continue
        tile = Image.new("L", (3 * size, 3 * size))
        ImageDraw.Draw(tile).text((size, size), sign, font=font, fill=255, stroke_width=max(0, size // 26))
        tile = tile.rotate(rng.uniform(-7, 7), resample=Image.Resampling.BICUBIC)
        down = y + (x - start) * slope + rng.uniform(-0.06, 0.06) * size
        page.image.paste(page.ink, (round(x - size), round(down - size)), tile)
        ink = tile.getbbox()
        if ink is not None:
            top, bottom = min(top, down - size + ink[1]), max(bottom, down - size + ink[3])
        x += font.getlength(sign) * rng.uniform(0.92, 1.08)
    corners = ((start, top), (x, top), (x, bottom), (start, bottom))
    page.pieces.append(Piece(text=text, corners=corners, personal=personal, beside=beside))
    return y + 1.5 * size


def _board(chance: Chance) -> Document:
    rng, words = chance.random, chance.words["board"]
    page = _page((1200, 800), _grey(rng, 205, 235), (20, 20, 30), rng.choice(_HAND))
    inks = ((25, 30, 60), (20, 60, 140), (150, 30, 40), (20, 110, 60))
    page.ink = rng.choice(inks)
    lines = list(rng.sample(words, 6))
    y = scribble(page, 70, 60, 54, lines[0], False, rng)
    for number in range(3):
        page.ink = rng.choice(inks)
        text = rng.choice(("{p.given} {p.surname}", "{p.given} {s}.", "{p.given}", "{p.given} {p.surname}"))
        person = chance.people[number]
        y = scribble(page, 90 + rng.randint(0, 40), y + 14, 42, text.format(p=person, s=person.surname[0]), True, rng)
        if rng.random() < 0.5:
            y = scribble(page, 130, y, 34, lines[number + 1], False, rng)
    scribble(page, 700, 240, 38, lines[4], False, rng)
    scribble(page, 700, 320, 38, chance.people[4].phone, True, rng)
    scribble(page, 700, 400, 36, lines[5], False, rng)
    pixels = np.asarray(page.image, np.float32)
    ys, xs = np.mgrid[0:800, 0:1200].astype(np.float32)
    cx, cy, radius = rng.uniform(0, 1200), rng.uniform(0, 800), rng.uniform(120, 260)
    glare = np.exp(-((xs - cx) ** 2 + (ys - cy) ** 2) / (2 * radius**2))[..., None]
    light = (0.72 + 0.28 * xs / 1200)[..., None]
    pixels = pixels * light * (1 - 0.75 * glare) + 250 * 0.75 * glare
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    return replace(_finished(page), image=_noisy(image, rng, 5, 0.8))


def _card_number(rng: random.Random) -> str:
    from stdnum import luhn

    amex = rng.random() < 0.25
    start = rng.choice(("34", "37")) if amex else rng.choice(("4", "51", "53", "55", "2221"))
    length = 15 if amex else 16
    bare = start + "".join(str(rng.randint(0, 9)) for _ in range(length - 1 - len(start)))
    number = bare + luhn.calc_check_digit(bare)
    cuts = (4, 10) if amex else (4, 8, 12)
    return " ".join(number[a:b] for a, b in zip((0, *cuts), (*cuts, length), strict=True))


def _embossed(chance: Chance) -> Document:
    rng, person = chance.random, chance.people[0]
    paper = _grey(rng, 60, 190)
    size = (700, 440)
    relief = Page(image=Image.new("L", size, 0).convert("RGB"), ink=(255, 255, 255), family="DejaVuSans")
    relief.put(56, 225, 42, (_card_number(rng), True), family=rng.choice((_MONO, "DejaVuSansMono")))
    relief.put(250, 310, 26, (f"{rng.randint(1, 12):02}/{rng.randint(27, 33)}", False), family=_MONO)
    relief.put(56, 362, 27, (person.name.upper()[:24], True), family=_MONO)
    mask = relief.image.convert("L").filter(ImageFilter.GaussianBlur(1.0))
    shape = np.asarray(mask, np.float32)
    slope = shape - np.asarray(ImageChops.offset(mask, 3, 3), np.float32)
    page = _page(size, paper, (250, 250, 250), rng.choice(_SANS))
    page.put(40, 34, 32, (rng.choice(("Harbour Bank", "Union Credit", "Meridian", "Banco Norte")), False))
    page.put(130, 318, 13, ("VALID THRU", False))
    page.put(540, 380, 30, (rng.choice(("debit", "PREPAID", "World", "credit")), False))
    pixels = np.asarray(page.image, np.float32)
    across = np.linspace(-1, 1, size[0], dtype=np.float32)[None, :, None]
    pixels = pixels + 22 * rng.uniform(-1, 1) * across
    waves = np.asarray(
        Image.fromarray(np.random.default_rng(rng.randrange(2**31)).integers(0, 256, (6, 9), dtype=np.uint8)).resize(
            size, Image.Resampling.BICUBIC
        ),
        np.float32,
    )
    pixels += (waves[..., None] - 128) * rng.uniform(0.05, 0.3)
    worn = rng.uniform(0.12, 0.4)
    pixels += slope[..., None] * worn + shape[..., None] * rng.choice((0.0, 0.0, 0.1))
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    document = replace(_finished(page), image=image, pieces=tuple(page.pieces + relief.pieces))
    wide, high = rng.uniform(440, 720), 0.0
    high = wide * 440 / 700
    frame = (900, 640)
    x, y = rng.uniform(30, frame[0] - wide - 30), rng.uniform(20, frame[1] - high - 20)
    corners = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]
    corners = [(a + rng.uniform(-18, 18), b + rng.uniform(-18, 18)) for a, b in corners]
    seen = warped(document, tuple(corners), frame, _cloth(rng, frame))
    return replace(seen, image=_noisy(seen.image, rng, 3, 0.4))


def _screen(chance: Chance) -> Document:
    rng, words = chance.random, chance.words["screen"]
    dark = rng.randint(12, 40)
    page = _page((900, 700), (dark, dark, dark + 4), (225, 225, 228), rng.choice(_SANS))
    pen = ImageDraw.Draw(page.image)
    pen.rectangle((0, 0, 230, 700), fill=(dark + 12, dark + 12, dark + 16))
    others = list(rng.sample(words, 10))
    y = 40.0
    for text in others[:5]:
        y = page.put(24, y + 14, 16, (text, False))
    y = page.put(270, 36, 26, (others[5], False))
    grey, bright, blue = (150, 150, 155), (225, 225, 228), (110, 165, 250)
    one, two, three = chance.people[:3]
    rows = [
        (17, one.name, True, bright), (14, one.email, True, grey), (16, others[6], False, bright), (14, two.phone, True, grey),
        (15, f"{two.street}, {two.town}", True, grey), (15, others[7], False, blue), (17, three.name, True, bright),
        (14, others[8], False, grey), (15, three.email, True, blue), (13, others[9], False, (110, 110, 116)),
    ]  # fmt: skip
    for size, text, personal, ink in rows:
        page.ink = ink
        y = page.put(270, y + 16, size, (text, personal))
    return _finished(page)


def _receipt(chance: Chance) -> Document:
    rng, person, words = chance.random, chance.people[0], chance.words["receipt"]
    page = _page((460, 900), (244, 242, 236), (70, 70, 76), _MONO)
    y = page.put(50, 40, 24, (person.company[:24], False))
    y = page.put(50, y, 18, (person.street[:34], True))
    y = page.put(50, y, 18, (person.town[:34], True))
    y = page.put(50, y, 18, ("Tel ", False), (person.phone, True))
    y += 14
    for text in rng.sample(words, 8):
        y = page.put(30, y, 18, (f"{text[:20]:<23}{rng.randint(0, 60)}.{rng.randint(10, 99)}", False))
    y = page.put(30, y + 14, 18, ("You were served by ", False), (chance.people[1].given, True))
    number = _card_number(rng)
    y = page.put(30, y, 18, (number, True))
    page.put(
        30,
        y,
        18,
        (f"{rng.randint(1, 28):02}.{rng.randint(1, 12):02}.2025 {rng.randint(8, 21)}:{rng.randint(10, 59)}", False),
    )
    pixels = np.asarray(page.image, np.float32)
    fade = rng.uniform(0.22, 0.6)
    rows = np.linspace(0, 1, 900, dtype=np.float32)[:, None, None]
    fade = fade * (1 - 0.45 * np.abs(np.sin(rows * rng.uniform(2, 9))))
    pixels = 240 + (pixels - 240) * fade
    for _ in range(rng.randint(2, 6)):  # creases
        at = rng.randint(20, 880)
        pixels[at : at + 2] -= rng.uniform(8, 30)
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    return replace(_finished(page), image=_noisy(image, rng, rng.choice((2.0, 5.0)), 0.5))


def _small_print(chance: Chance) -> Document:
    rng, words = chance.random, chance.words["print"]
    page = _page((560, 300), (250, 250, 246), (40, 40, 44), rng.choice(_SANS))
    person, size = chance.people[0], rng.choice((11, 12, 13, 15))
    y = page.put(30, 30, size + 2, (words[0], False))
    for text in (person.name, person.street, person.town):
        y = page.put(30, y + 4, size, (text, True))
    for text in rng.sample(words[1:], 3):
        y = page.put(30, y + 6, size, (text, False))
    page.put(30, y + 6, size, (person.email, True))
    angle = rng.choice((15, 45, 75, 90, 105, 180, 200, 270, 300, 345)) + rng.uniform(-4, 4)
    size_out = (900, 760)
    turn = math.radians(angle)
    corners = []
    for px, py in ((-280, -150), (280, -150), (280, 150), (-280, 150)):
        corners.append(
            (450 + px * math.cos(turn) - py * math.sin(turn), 380 + px * math.sin(turn) + py * math.cos(turn))
        )
    seen = warped(_finished(page), tuple(corners), size_out, _cloth(rng, size_out))
    return replace(seen, image=_noisy(seen.image, rng, 2), angle=angle)


def _addresses(chance: Chance) -> Document:
    rng, words = chance.random, chance.words["print"]
    page = _page((900, 900), (252, 252, 250), (25, 25, 30), rng.choice((*_SANS, "LiberationSerif-Regular")))
    y = page.put(60, 40, 26, (words[0], False))
    for number, person in enumerate(chance.people[:4]):
        y += 22
        if number % 2:
            y = page.put(60, y, 19, (f"{person.name}, {person.street}, {person.town}", True))
        else:
            for text in (person.name, person.street, person.town):
                y = page.put(60, y, 19, (text, True))
        y = page.put(60, y + 12, 19, (words[1 + number], False))
    return replace(_finished(page), image=_noisy(page.image, rng, 3, 0.3))


def _poster(chance: Chance) -> Document:
    """Digit strings that are nobody's, and one real card number."""
    from stdnum import luhn

    rng, words = chance.random, chance.words["poster"]
    page = _page((800, 1000), _grey(rng, 150, 240), (30, 20, 60), rng.choice(_SANS))
    y = page.put(60, 50, 60, (words[0], False))
    y = page.put(60, y + 10, 30, (words[1], False))
    for number in range(6):
        digits = "".join(str(rng.randint(0, 9)) for _ in range(rng.choice((5, 7, 9, 11, 13, 14, 16, 16, 18))))
        while luhn.is_valid(digits):
            digits = digits[:-1] + str((int(digits[-1]) + 1) % 10)
        shape = number % 3
        text = digits if shape == 0 else " ".join(digits[at : at + 3] for at in range(0, len(digits), 3))
        if shape == 2:
            text = f"{rng.choice(words[4:7])} {digits[:3]}-{digits[3:]}"
        y = page.put(60, y + 14, 32, (text, False))
    y = page.put(60, y + 20, 32, (_card_number(rng), True))
    page.put(60, y + 20, 26, (rng.choice(words[7:]), False))
    return replace(_finished(page), image=_noisy(page.image, rng, 3, 0.4))


ROWS: dict[str, Row] = {
    "badge, worn, up to 14 degrees": _badge,
    "whiteboard, scribbled, glare": _board,
    "bank card, embossed in its own colour": _embossed,
    "screenshot, dark": _screen,
    "receipt, faded and creased": _receipt,
    "small print at any angle": _small_print,
    "names and addresses, 27 countries": _addresses,
    "poster: digits, one card number": _poster,
}
