"""Documents made at run time: sixteen kinds, rendered with made-up people of the Faker package, each line labelled. Nothing is stored.

Seeds, countries, wordings and other lines of the development set and of the held-out set are disjoint; fonts and layouts are shared.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from synthetic_words import DEVELOPMENT, HELD_OUT, OTHER_DEVELOPMENT, OTHER_HELD_OUT, Words

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text: its four corners in pixels, and whether it is personal."""

    text: str = field(repr=False)
    corners: tuple[Point, ...]
    personal: bool
    beside: bool = False  # not personal, but in one line with what is: neither a miss nor a false alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One picture with everything printed on it."""

    kind: str
    country: str
    angle: float
    image: Image.Image
    pieces: tuple[Piece, ...]


@dataclass(slots=True)
class Page:
    """A picture being printed."""

    image: Image.Image
    ink: tuple[int, int, int]
    family: str
    pieces: list[Piece] = field(default_factory=list)
    emboss: bool = False

    def put(self, x: float, y: float, size: int, *texts: tuple[str, bool], family: str = "") -> float:
        """Print pieces of one line from left to right; returns the y below it."""
        font = _font(family or self.family, size)
        pen = ImageDraw.Draw(self.image)
        for text, personal in texts:
            left, top, right, bottom = pen.textbbox((x, y), text, font=font)
            if self.emboss:
                pen.text((x + 1, y + 1), text, font=font, fill=tuple(max(0, value - 45) for value in self.ink))
                pen.text((x - 1, y - 1), text, font=font, fill=tuple(min(255, value + 45) for value in self.ink))
            pen.text((x, y), text, font=font, fill=self.ink)
            if text.strip():
                corners = ((left, top), (right, top), (right, bottom), (left, bottom))
                beside = not personal and any(other for _, other in texts)
                self.pieces.append(Piece(text=text, corners=corners, personal=personal, beside=beside))
            x += font.getlength(text)
        return y + size * 1.45


_FAMILIES = (
    "LiberationSans-Regular",
    "LiberationSerif-Regular",
    "DejaVuSans",
    "LiberationSansNarrow-Regular",
    "DejaVuSerif",
)
_MONO, _SLANTED = "LiberationMono-Regular", "LiberationSerif-Italic"


@lru_cache(maxsize=1)
def _font_files() -> dict[str, Path]:
    return {file.stem: file for file in sorted(Path("/usr/share/fonts").rglob("*.ttf"))}


@lru_cache(maxsize=256)
def _font(family: str, size: int) -> Any:
    file = _font_files().get(family)
    return ImageFont.truetype(str(file), size) if file else ImageFont.load_default(size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A made-up person."""

    given: str
    surname: str
    street: str
    town: str
    phone: str
    email: str
    born: str
    number: str
    company: str
    job: str

    @property
    def name(self) -> str:
        """Given name and surname."""
        return f"{self.given} {self.surname}"


def _person(fake: Any, chance: random.Random) -> Person:
    given, surname = fake.first_name(), fake.last_name()
    lines = [line for line in fake.address().split("\n") if line.strip()]
    year, month, day = chance.randint(1940, 2008), chance.randint(1, 12), chance.randint(1, 28)
    born = chance.choice(("{d:02}.{m:02}.{y}", "{d:02}/{m:02}/{y}", "{y}-{m:02}-{d:02}", "{d:02} {m:02} {y}")).format(
        d=day, m=month, y=year
    )
    return Person(
        given=given,
        surname=surname,
        street=lines[0],
        town=lines[-1] if len(lines) > 1 else fake.city(),
        phone=fake.phone_number(),
        email=fake.ascii_safe_email(),
        born=born,
        number=chance.choice("CFGHKX")
        + "".join(chance.choice("0123456789CFGHK") for _ in range(6))
        + str(chance.randint(10, 99)),
        company=fake.company(),
        job=fake.job(),
    )


Template = Callable[[Page, list[Person], Words, random.Random, list[str]], None]
_TEMPLATES: dict[str, tuple[tuple[int, int], Template]] = {}


def _template(kind: str, size: tuple[int, int]) -> Callable[[Template], Template]:
    def register(function: Template) -> Template:
        _TEMPLATES[kind] = (size, function)
        return function

    return register


@_template("badge", (620, 420))
def _badge(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    person = people[0]
    page.put(40, 30, 22, (others[0].upper(), False))
    y = page.put(40, 120, 52, (person.name, True))
    y = page.put(40, y + 8, 28, (person.job[:28], False))
    page.put(40, y + 4, 24, (person.company[:34], False))


@_template("business card", (760, 440))
def _business_card(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    person = people[0]
    y = page.put(50, 50, 36, (person.name, True))
    y = page.put(50, y, 20, (person.job[:36], False))
    y = page.put(50, 210, 19, (person.street, True))
    y = page.put(50, y, 19, (person.town, True))
    y = page.put(50, y + 8, 19, ("T ", False), (person.phone, True))
    page.put(50, y, 19, (person.email, True))
    page.put(480, 60, 24, (others[0][:18], False))


@_template("letter", (1000, 1100))
def _letter(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    sender, receiver = people[:2]
    y = 160.0
    for text in (receiver.name, receiver.street, receiver.town):
        y = page.put(90, y, 22, (text, True))
    y = page.put(90, y + 80, 26, (others[0], False))
    y = page.put(90, y + 30, 22, (f"{words['dear']} ", False), (receiver.given, True), (",", False))
    for text in others[1:6]:
        y = page.put(90, y + 8, 22, (text, False))
    y = page.put(90, y + 40, 22, (words["regards"], False))
    page.put(90, y + 30, 22, (sender.name, True))


@_template("whiteboard", (1000, 640))
def _whiteboard(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    y = page.put(60, 50, 44, (others[0], False), family=_SLANTED)
    for person in people[:3]:
        y = page.put(80 + chance.randint(0, 30), y + 22, 38, ("- ", False), (person.name, True), family=_SLANTED)
    y = page.put(80, y + 22, 38, (others[1], False), family=_SLANTED)
    page.put(80, y + 22, 38, (people[0].phone, True), family=_SLANTED)


@_template("chat", (560, 980))
def _chat(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    y = page.put(70, 30, 26, (people[0].name, True))
    for number, text in enumerate(others[:6]):
        y = page.put(40 + 90 * (number % 2), y + 26, 17, (people[number % 2].name, True))
        y = page.put(40 + 90 * (number % 2), y, 20, (text, False))
        y = page.put(40 + 90 * (number % 2), y, 14, (f"{chance.randint(8, 21)}:{chance.randint(10, 59)}", False))


@_template("e-mail", (1000, 560))
def _mail(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    one, two = people[:2]
    y = page.put(40, 40, 26, (others[0], False))
    y = page.put(40, y + 14, 19, ("From: ", False), (f"{one.name} <{one.email}>", True))
    y = page.put(40, y, 19, ("To: ", False), (f"{two.name} <{two.email}>", True))
    for text in others[1:5]:
        y = page.put(40, y + 16, 20, (text, False))
    page.put(40, y + 24, 20, (one.given, True))


@_template("form", (900, 760))
def _form(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    person = people[0]
    y = page.put(50, 40, 30, (others[0], False))
    fields = (
        ("surname", person.surname),
        ("given", person.given),
        ("born", person.born),
        ("address", f"{person.street}, {person.town}"),
    )
    fields += (("phone", person.phone), ("email", person.email), ("number", person.number))
    beside = chance.random() < 0.5
    for key, value in fields:
        y += 18
        page.put(50, y, 18, (words[key] + (":" if beside else ""), False))
        y = page.put(330, y - 2, 21, (value, True)) if beside else page.put(50, y + 24, 21, (value, True))
    page.put(50, y + 24, 15, (others[1], False))


@_template("receipt", (480, 860))
def _receipt(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    person = people[0]
    y = page.put(60, 30, 26, (person.company[:26], False), family=_MONO)
    y = page.put(60, y, 18, (person.street, True), family=_MONO)
    y = page.put(60, y, 18, (person.town, True), family=_MONO)
    y = page.put(60, y, 18, (f"{words['phone']} ", False), (person.phone, True), family=_MONO)
    for text in others[:8]:
        y = page.put(
            30, y + 6, 18, (f"{text[:22]:<24}{chance.randint(1, 90)}.{chance.randint(10, 99)}", False), family=_MONO
        )


def _zone(text: str) -> str:
    import unicodedata

    plain = unicodedata.normalize(
        "NFKD",
        text.replace("ł", "l")
        .replace("Ł", "L")
        .replace("ø", "o")
        .replace("Ø", "O")
        .replace("ß", "ss")
        .replace("ı", "i"),
    )
    return "".join(character if "A" <= character <= "Z" else "<" for character in plain.upper() if character.isascii())


def _identity(page: Page, person: Person, words: Words, zone: tuple[str, ...], title: str) -> None:
    width, height = page.image.size
    page.put(40, 20, 24, (title, False))
    y = 70.0
    fields = (
        ("surname", person.surname.upper()),
        ("given", person.given.upper()),
        ("born", person.born),
        ("place", person.town.split()[-1].upper()),
    )
    for key, value in (*fields, ("number", person.number)):
        y = page.put(280, y, 14, (words[key], False))
        y = page.put(280, y - 2, 20, (value, True)) + 2
    size = int((width - 60) / len(zone[0]) / 0.62)
    y = height - 1.45 * size * len(zone) - 10
    for line in zone:
        y = page.put(28, y, size, (line, True), family=_MONO)


@_template("identity card", (860, 640))
def _identity_card(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    person = people[0]
    zone = (
        f"I<UTO{person.number}<{chance.randint(0, 9)}".ljust(30, "<")[:30],
        f"{chance.randint(400101, 991228)}{chance.randint(0, 9)}F{chance.randint(270101, 351228)}{chance.randint(0, 9)}UTO".ljust(
            29, "<"
        )[:29]
        + "4",
        f"{_zone(person.surname)}<<{_zone(person.given)}".ljust(30, "<")[:30],
    )
    _identity(page, person, words, zone, "UTOPIA")


@_template("passport", (1000, 700))
def _passport(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    person = people[0]
    zone = (
        f"P<UTO{_zone(person.surname)}<<{_zone(person.given)}".ljust(44, "<")[:44],
        f"{person.number}{chance.randint(0, 9)}UTO{chance.randint(400101, 991228)}3M{chance.randint(270101, 351228)}4".ljust(
            43, "<"
        )[:43]
        + "6",
    )
    _identity(page, person, words, zone, "PASSPORT   UTOPIA")


@_template("bank card", (640, 404))
def _bank_card(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    from stdnum import luhn

    bare = "4" + "".join(str(chance.randint(0, 9)) for _ in range(14))
    number = bare + luhn.calc_check_digit(bare)
    page.put(40, 40, 28, ("NORTHERN BANK", False))
    page.emboss = True
    page.put(50, 210, 40, (" ".join(number[at : at + 4] for at in range(0, 16, 4)), True), family=_MONO)
    page.put(50, 275, 16, ("VALID THRU", False))
    page.put(180, 268, 26, (f"{chance.randint(1, 12):02}/{chance.randint(27, 33)}", False), family=_MONO)
    page.put(50, 330, 28, (people[0].name.upper()[:26], True), family=_MONO)


@_template("payslip", (900, 700))
def _payslip(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    person = people[0]
    y = page.put(50, 40, 28, (person.company[:40], False))
    y = page.put(50, y + 10, 19, (f"{words['employee']}: ", False), (person.name, True))
    y = page.put(50, y, 19, (f"{words['address']}: ", False), (f"{person.street}, {person.town}", True))
    y = page.put(50, y, 19, ("IBAN: ", False), (_iban(chance), True))
    for text in others[:7]:
        y = page.put(50, y + 10, 19, (f"{text[:30]}", False))
        page.put(640, y - 28, 19, (f"{chance.randint(10, 4000)}.{chance.randint(10, 99)}", False))


def _iban(chance: random.Random) -> str:
    from stdnum import iban

    body = "".join(str(chance.randint(0, 9)) for _ in range(18))
    return iban.format(f"DE{iban.calc_check_digits('DE00' + body)}{body}")


@_template("medical form", (900, 700))
def _medical(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    patient, doctor = people[:2]
    y = page.put(50, 40, 28, ("Medical Centre", False))
    y = page.put(50, y + 20, 20, (f"{words['patient']}: ", False), (patient.name, True))
    y = page.put(50, y, 20, (f"{words['born']}: ", False), (patient.born, True))
    for text in others[:6]:
        y = page.put(50, y + 12, 19, (text, False))
    page.put(50, y + 30, 20, ("Dr. med. ", False), (doctor.name, True))


@_template("envelope", (900, 460))
def _envelope(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    one, two = people[:2]
    page.put(40, 30, 15, (f"{one.name}, {one.street}, {one.town}", True))
    y = 210.0
    for text in (two.name, two.street, two.town):
        y = page.put(400, y, 25, (text, True))
    page.put(700, 40, 20, ("PRIORITY", False))


@_template("door sign", (640, 420))
def _door(page: Page, people: list[Person], words: Words, chance: random.Random, others: list[str]) -> None:
    one, two = people[:2]
    y = page.put(50, 50, 40, ("Dr. med. ", False), (one.surname, True))
    y = page.put(50, y + 10, 24, (others[0], False))
    y = page.put(50, y + 30, 32, (two.name, True))
    page.put(50, y + 10, 24, (others[1], False))


KINDS = tuple(_TEMPLATES)
_DARK = {"chat", "door sign"}


def documents(
    seed: int, *, held_out: bool, each: int = 1, angles: tuple[float, ...] = (0.0,), kinds: tuple[str, ...] = KINDS
) -> Iterator[Document]:
    """``each`` documents of each kind at each angle; countries, noise, blur and contrast vary with the seed.

    The held-out set takes other random streams too, so that no seed yields a person of the development set.
    """
    from faker import Faker

    tables, others = (HELD_OUT, OTHER_HELD_OUT) if held_out else (DEVELOPMENT, OTHER_DEVELOPMENT)
    countries = sorted(tables)
    for kind in kinds:
        for number in range(each):
            for angle in angles:
                chance = random.Random(f"{held_out}/{seed}/{kind}/{number}/{angle}")
                country = countries[chance.randrange(len(countries))]
                fake = Faker(country)
                fake.seed_instance(chance.randrange(2**31))
                size, template = _TEMPLATES[kind]
                dark = chance.random() < (0.7 if kind in _DARK else 0.1) or kind == "bank card"
                paper = (
                    tuple(chance.randint(30, 90) for _ in range(3))
                    if dark
                    else tuple(chance.randint(215, 255) for _ in range(3))
                )
                ink: tuple[int, int, int] = (235, 235, 235) if dark else (25, 25, 40)
                if kind == "bank card":
                    ink = tuple(min(255, value + 50) for value in paper)  # embossed in the colour of the card, worn
                page = Page(image=Image.new("RGB", size, paper), ink=ink, family=chance.choice(_FAMILIES))
                template(
                    page, [_person(fake, chance) for _ in range(3)], tables[country], chance, chance.sample(others, 9)
                )
                yield _photographed(page, kind, country, angle, paper, chance)


def _photographed(page: Page, kind: str, country: str, angle: float, paper: Any, chance: random.Random) -> Document:
    """Turned clockwise, blurred, made noisy and pale, as a scan or a photograph would."""
    image, pieces = page.image, page.pieces
    if angle:
        width, height = image.size
        image = image.rotate(-angle, expand=True, fillcolor=paper, resample=Image.Resampling.BICUBIC)
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))

        def turn(point: Point) -> Point:
            x, y = point[0] - width / 2, point[1] - height / 2
            return x * cos - y * sin + image.width / 2, x * sin + y * cos + image.height / 2

        pieces = [replace(piece, corners=tuple(turn(point) for point in piece.corners)) for piece in pieces]
    image = image.filter(ImageFilter.GaussianBlur(chance.choice((0.0, 0.0, 0.5, 0.9))))
    pixels = np.asarray(image, dtype=np.float32)
    pale = chance.choice((1.0, 1.0, 0.7, 0.45))
    pixels = 128 + (pixels - 128) * pale
    noise = np.random.default_rng(chance.randrange(2**31)).normal(0, chance.choice((0.0, 4.0, 9.0)), pixels.shape)
    image = Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))
    return Document(kind=kind, country=country, angle=angle, image=image, pieces=tuple(pieces))
