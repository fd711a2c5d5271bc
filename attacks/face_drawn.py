"""Faces drawn from a seed, for controls and tests: a person is one seed, an occasion another.

Nobody looks like this. What matters is that persons differ in shape, hair, skin, features and glasses, and that one person's
pictures differ in pose, expression, light and place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

_SKIN = ((244, 214, 190), (224, 180, 148), (198, 144, 108), (146, 98, 68), (98, 64, 44))
_HAIR = ((28, 22, 20), (74, 48, 30), (140, 96, 54), (206, 176, 112), (150, 148, 146), (134, 56, 30))
_FINE = 4  # drawn so many times larger, then averaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person. Lengths in widths of the picture."""

    skin: tuple[int, ...]
    hair: tuple[int, ...]
    wide: float
    long: float
    jaw: float
    hairline: float
    style: int
    eyes: float
    eye_size: float
    brow: float
    brow_slope: float
    nose: float
    nose_width: float
    mouth: float
    mouth_width: float
    lip: float
    beard: int
    glasses: int
    iris: tuple[int, ...]


def person(seed: int) -> Person:
    """The person of that seed."""
    rng = np.random.default_rng([seed, 1])
    skin = np.array(_SKIN[rng.integers(len(_SKIN))]) + rng.integers(-12, 13, 3)
    hair = np.array(_HAIR[rng.integers(len(_HAIR))]) + rng.integers(-10, 11, 3)
    return Person(
        skin=tuple(int(value) for value in skin.clip(0, 255)),
        hair=tuple(int(value) for value in hair.clip(0, 255)),
        wide=float(rng.uniform(0.28, 0.36)),
        long=float(rng.uniform(0.38, 0.47)),
        jaw=float(rng.uniform(0.55, 0.95)),
        hairline=float(rng.uniform(0.10, 0.30)),
        style=int(rng.integers(5)),
        eyes=float(rng.uniform(0.125, 0.165)),
        eye_size=float(rng.uniform(0.034, 0.052)),
        brow=float(rng.uniform(0.010, 0.028)),
        brow_slope=float(rng.uniform(-0.02, 0.03)),
        nose=float(rng.uniform(0.10, 0.17)),
        nose_width=float(rng.uniform(0.030, 0.060)),
        mouth=float(rng.uniform(0.20, 0.26)),
        mouth_width=float(rng.uniform(0.07, 0.12)),
        lip=float(rng.uniform(0.012, 0.030)),
        beard=int(rng.choice(4, p=(0.55, 0.15, 0.15, 0.15))),
        glasses=int(rng.choice(3, p=(0.6, 0.2, 0.2))),
        iris=tuple(int(value) for value in rng.integers((30, 30, 20), (110, 120, 130))),
    )


def draw_face(who: int, occasion: int, size: tuple[int, int] = (96, 120)) -> np.ndarray:
    """One picture of a person: uint8, ``(height, width, 3)``, the head filling it as a redactor's box does."""
    one, rng = person(who), np.random.default_rng([who, occasion, 2])
    width, height = size[0] * _FINE, size[1] * _FINE
    image = Image.new("RGB", (width, height), tuple(int(value) for value in rng.integers(60, 200, 3)))
    pen = _Pen(
        image,
        middle=(0.5 + rng.uniform(-0.03, 0.03), 0.5 * height / width + rng.uniform(-0.03, 0.03)),
        scale=width * (1 + rng.uniform(-0.05, 0.05)),
        turn=rng.uniform(-0.03, 0.03),
    )
    _draw_head(pen, one, tuple(int(value) for value in rng.integers(30, 220, 3)))
    _draw_features(pen, one, smile=rng.uniform(-0.02, 0.035), shut=rng.uniform(0.35, 1.0))
    pixels = np.asarray(image.resize(size, Image.Resampling.BOX), dtype=np.float64)
    across, down = rng.uniform(-30, 30, 2)
    light = across * np.linspace(-1, 1, size[0])[None, :] + down * np.linspace(-1, 1, size[1])[:, None]
    pixels = pixels * rng.uniform(0.85, 1.1) + light[..., None] + rng.normal(0, 3, pixels.shape)
    return np.asarray(pixels.clip(0, 255).round(), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws in the face's own frame: the middle is (0, 0), one is the picture's width, features shift by ``turn``."""

    image: Image.Image
    middle: tuple[float, float]
    scale: float
    turn: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        width = self.image.width
        return self.middle[0] * width + x * self.scale, self.middle[1] * width + y * self.scale

    def oval(self, x: float, y: float, wide: float, tall: float, colour: tuple[int, ...], line: float = 0.0) -> None:
        box = (*self.place(x - wide, y - tall), *self.place(x + wide, y + tall))
        draw = ImageDraw.Draw(self.image)
        if line:
            draw.ellipse(box, outline=colour, width=max(1, round(line * self.scale)))
        else:
            draw.ellipse(box, fill=colour)

    def shape(self, points: list[tuple[float, float]], colour: tuple[int, ...]) -> None:
        ImageDraw.Draw(self.image).polygon([self.place(x, y) for x, y in points], fill=colour)

    def line(self, points: list[tuple[float, float]], colour: tuple[int, ...], thick: float) -> None:
        width = max(1, round(thick * self.scale))
        ImageDraw.Draw(self.image).line([self.place(x, y) for x, y in points], fill=colour, width=width, joint="curve")


def _shade(colour: tuple[int, ...], factor: float) -> tuple[int, ...]:
    return tuple(int(min(255, max(0, value * factor))) for value in colour)


def _draw_head(pen: _Pen, one: Person, shirt: tuple[int, ...]) -> None:
    if one.style in (1, 2):  # long hair, behind everything
        pen.oval(0, -0.02 if one.style == 1 else 0.08, one.wide + 0.09, one.long + 0.08, one.hair)
    pen.shape([(-0.5, 0.75), (-0.36, one.long + 0.08), (0.36, one.long + 0.08), (0.5, 0.75)], shirt)
    neck = one.wide * 0.55
    pen.shape([(-neck, 0.2), (neck, 0.2), (neck, one.long + 0.12), (-neck, one.long + 0.12)], _shade(one.skin, 0.85))
    if one.style == 0:
        pen.oval(0, -0.08, one.wide + 0.03, one.long - 0.02, one.hair)
    if one.style == 3:
        pen.oval(0, -0.16, one.wide + 0.08, one.long - 0.08, one.hair)
    for side in (-1, 1):
        pen.oval(side * one.wide, 0.0, 0.035, 0.07, _shade(one.skin, 0.9))
    angles = np.linspace(0, 2 * np.pi, 72)
    outline = []
    for angle in angles:
        x, y = float(np.sin(angle)), float(-np.cos(angle))
        narrow = 1 - (1 - one.jaw) * max(0.0, y) ** 1.5 * 0.6
        outline.append((x * one.wide * narrow, y * one.long))
    pen.shape(outline, one.skin)
    if one.beard >= 2:
        lower = [(x, y) for x, y in outline if y > 0.10]
        pen.shape(sorted(lower, key=lambda point: np.arctan2(point[0], point[1])), one.hair)
        pen.oval(0, 0.05, one.wide * 0.72, 0.13, one.skin)
    if one.style != 4:  # the fifth is bald
        top = [(x, y) for x, y in outline if y < -one.long + one.hairline + 0.06]
        if len(top) > 2:
            pen.shape(sorted(top), one.hair)


def _draw_features(pen: _Pen, one: Person, *, smile: float, shut: float) -> None:
    turn, dark = pen.turn, _shade(one.hair, 0.7)
    for side in (-1, 1):
        x, y = side * one.eyes + turn, -0.04
        pen.oval(x, y + 0.005, one.eye_size * 1.5, one.eye_size * 1.1, _shade(one.skin, 0.86))
        pen.oval(x, y, one.eye_size, one.eye_size * 0.55 * shut, (238, 236, 232))
        pen.oval(x + turn * 0.2, y, one.eye_size * 0.5, one.eye_size * 0.5 * shut, one.iris)
        brow = y - one.eye_size - 0.022
        reach = one.eye_size * 1.35
        pen.line([(x - side * reach, brow + one.brow_slope), (x + side * reach, brow)], dark, one.brow)
        if one.glasses:
            pen.oval(
                x, y, 0.078, 0.062 if one.glasses == 1 else 0.05, (40, 40, 44), 0.010 if one.glasses == 1 else 0.018
            )
    if one.glasses:
        pen.line([(-one.eyes + 0.07 + turn, -0.045), (one.eyes - 0.07 + turn, -0.045)], (40, 40, 44), 0.010)
    tip, flank = one.nose, _shade(one.skin, 0.78)
    pen.shape([(turn - 0.012, 0.0), (turn * 1.6 - one.nose_width, tip), (turn * 1.6 + one.nose_width, tip)], flank)
    pen.oval(turn * 1.6, tip - 0.012, one.nose_width * 0.8, 0.028, _shade(one.skin, 0.93))
    if one.beard in (1, 3):
        pen.oval(turn, one.mouth - 0.032, one.mouth_width * 1.05, 0.018, one.hair)
    mouth = [(turn + share * one.mouth_width, one.mouth - smile * (share**2 - 0.5)) for share in np.linspace(-1, 1, 9)]
    pen.line(mouth, (158, 72, 70), one.lip)
    pen.line(mouth, (92, 36, 40), one.lip * 0.3)
