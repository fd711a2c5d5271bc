"""Scenes for the plate detector: plates in perspective on procedural backgrounds and scikit-image's pictures, with what is no plate.

Grey, from a seed. The things that are no plate: signs, badges, printed pages, time stamps, grilles, fences, windows, bar codes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from plate_pictures import letters, render_plate

#: Pictures inside scikit-image's wheel; astronaut, coffee, rocket and motorcycle_right are kept for measuring.
PICTURES = (
    "brick.png", "camera.png", "cell.png", "chelsea.png", "clock_motion.png", "coins.png", "grass.png", "gravel.png",
    "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png", "page.png", "retina.jpg", "text.png",
)  # fmt: skip
WORDS = (
    "street station hotel pizza open exit stop parking garage school bank market police taxi turbo sport quattro golf passat corolla "
    "civic diesel the and with from total invoice amount number customer date receipt thank you road closed city center north south "
    "office service company limited entrance private property welcome coffee restaurant pharmacy radio news sale"
).split()


@cache
def _picture(name: str) -> np.ndarray:
    import skimage

    grey = cv2.imread(str(Path(skimage.__file__).parent / "data" / name), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    return grey.astype(np.float32)


def scene(rng: Generator, size: int) -> tuple[np.ndarray, list[tuple[float, float, float, float]]]:
    """One square picture, ``(size, size)`` uint8, and the outlines of its plates as ``(left, top, right, bottom)``."""
    canvas = _background(rng, size)
    taken: list[tuple[float, float, float, float]] = []
    for _ in range(int(rng.integers(0, 7))):
        _distract(rng, canvas)
    plates = []
    for _ in range(int(rng.choice([0, 1, 1, 2, 3]))):
        box = _place_plate(rng, canvas, taken)
        if box is not None:
            plates.append(box)
            taken.append(box)
    return _degraded(rng, canvas), plates


def _background(rng: Generator, size: int) -> np.ndarray:
    kind = rng.random()
    if kind < 0.45:
        picture = _picture(str(rng.choice(PICTURES)))
        part = int(rng.uniform(0.25, 1.0) * min(picture.shape))
        y, x = int(rng.integers(picture.shape[0] - part + 1)), int(rng.integers(picture.shape[1] - part + 1))
        canvas = cv2.resize(picture[y : y + part, x : x + part], (size, size), interpolation=cv2.INTER_AREA)
        return canvas[:, ::-1].copy() if rng.random() < 0.5 else canvas
    if kind < 0.55:  # a page
        canvas = np.full((size, size), rng.uniform(200, 255), np.float32)
        high = int(rng.integers(5, 16))
        for y in range(4, size - high, round(high * rng.uniform(1.2, 2.2))):
            _write(rng, canvas, _line(rng), int(rng.integers(0, 40)), y, high, rng.uniform(0, 80))
        return canvas
    coarse = rng.uniform(0, 255, (int(rng.integers(2, 7)), int(rng.integers(2, 7)))).astype(np.float32)
    canvas = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    for _ in range(int(rng.integers(0, 14))):  # panels, windows, lights, bumpers
        x, y = rng.integers(-20, size, 2)
        w, h = rng.integers(6, size // 2, 2)
        tone = float(rng.uniform(0, 255))
        if rng.random() < 0.5:
            cv2.rectangle(
                canvas, (int(x), int(y)), (int(x + w), int(y + h // 2)), tone, -1 if rng.random() < 0.7 else 2
            )
        elif rng.random() < 0.5:
            cv2.ellipse(
                canvas, (int(x), int(y)), (int(w // 3), int(h // 3)), float(rng.uniform(0, 90)), 0, 360, tone, -1
            )
        else:
            cv2.line(
                canvas, (int(x), int(y)), (int(x + w), int(y + rng.integers(-30, 30))), tone, int(rng.integers(1, 5))
            )
    return cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.3, 2.0))


def _line(rng: Generator) -> str:
    words = [str(word) for word in rng.choice(WORDS, int(rng.integers(1, 9)))]
    if rng.random() < 0.4:
        words.insert(
            int(rng.integers(len(words) + 1)),
            letters(rng, str(rng.choice(["DDDD", "DD-DD-DDDD", "D", "DDDDDD", "LLDDD"]))),
        )
    text = " ".join(words)
    return text.upper() if rng.random() < 0.4 else text.title() if rng.random() < 0.5 else text


def _write(rng: Generator, canvas: np.ndarray, text: str, x: int, y: int, high: int, ink: float) -> None:
    from PIL import Image, ImageDraw
    from plate_pictures import font

    face = font(int(rng.integers(9)), max(6, high))
    _, _, right, bottom = face.getbbox(text)
    tile = Image.new("L", (int(right) + 2, int(bottom) + 2))
    ImageDraw.Draw(tile).text((0, 0), text, fill=255, font=face)
    mask = np.asarray(tile, np.float32) / 255
    part = canvas[max(0, y) : y + mask.shape[0], max(0, x) : x + mask.shape[1]]
    mask = mask[: part.shape[0], : part.shape[1]]
    part += (ink - part) * mask


def _distract(rng: Generator, canvas: np.ndarray) -> None:
    """One thing that is no plate, drawn in place."""
    size = canvas.shape[0]
    kind = rng.random()
    if kind < 0.3:  # a sign or a label: a panel with words, in one or more lines, or a short name
        rows = int(rng.choice([1, 1, 2, 3]))
        high = int(rng.integers(8, 30))
        lines = [" ".join(_line(rng).split()[: int(rng.integers(1, 3))]) for _ in range(rows)]
        width = int(max(len(line) for line in lines) * high * rng.uniform(0.5, 0.65)) + high
        panel = np.full((round(high * 1.25 * rows + 0.4 * high), width), rng.uniform(0, 255), np.float32)
        for row, line in enumerate(lines):
            _write(
                rng,
                panel,
                line,
                high // 3,
                round(row * 1.25 * high),
                high,
                (float(panel[0, 0]) + rng.uniform(90, 165)) % 256,
            )
        _paste(rng, canvas, panel, 0.15)
    elif kind < 0.5:  # lettering on the surface: badges, shop names, time stamps
        text = (
            _line(rng)
            if rng.random() < 0.6
            else letters(rng, str(rng.choice(["DDDD-DD-DD", "DD:DD:DD", "LDDD", "DDDL", "LLL", "DDD"])))
        )
        x, y, high = int(rng.integers(-10, size - 20)), int(rng.integers(0, size - 10)), int(rng.integers(6, 34))
        _write(rng, canvas, text[:24], x, y, high, float(rng.uniform(0, 255)))
    elif kind < 0.75:  # a grille, a fence, a lamp, a bar code: parallel bars in a rectangle
        w, h = int(rng.integers(24, size // 2)), int(rng.integers(10, size // 3))
        step = rng.uniform(2.5, 14)
        angle = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)])
        yy, xx = np.mgrid[:h, :w]
        wave = np.sin(2 * np.pi * (xx * np.cos(angle) + yy * np.sin(angle)) / step)
        kind = rng.random()
        if kind < 0.3:
            wave *= np.sin(2 * np.pi * yy / step)
        elif kind < 0.6:  # uneven bars, as codes have, or windows in a row, or a crowd's heads
            row = np.repeat(rng.uniform(-1, 1, w), rng.integers(1, max(2, int(step)), w))[:w]
            wave = np.broadcast_to(row, (h, w)) if rng.random() < 0.5 else row * np.sin(np.pi * yy / h)
        _paste(rng, canvas, (rng.uniform(40, 200) + rng.uniform(20, 110) * np.sign(wave)).astype(np.float32), 0.1)
    elif kind < 0.9:  # an empty panel with a rim, some with a blot
        panel = np.full((int(rng.integers(8, 50)), int(rng.integers(24, 120))), rng.uniform(0, 255), np.float32)
        panel[2:-2, 2:-2] = rng.uniform(0, 255)
        for _ in range(int(rng.integers(0, 4))):
            x, y = int(rng.integers(panel.shape[1])), int(rng.integers(panel.shape[0]))
            cv2.circle(panel, (x, y), int(rng.integers(1, 12)), float(rng.uniform(0, 255)), -1)
        _paste(rng, canvas, panel, 0.2)
    else:  # one or two huge characters: a house number, a race number
        high = int(rng.integers(40, 110))
        tone = float(rng.uniform(0, 255))
        x, y = int(rng.integers(0, size - 40)), int(rng.integers(-10, size - 40))
        _write(rng, canvas, letters(rng, str(rng.choice(["D", "DD", "L", "LL"]))), x, y, high, tone)


def _paste(
    rng: Generator, canvas: np.ndarray, picture: np.ndarray, tilt: float
) -> tuple[float, float, float, float] | None:
    """Put a picture somewhere, in perspective; its outline, or None if it does not fit."""
    size = canvas.shape[0]
    high, wide = picture.shape
    angle = rng.normal(0, tilt)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[-wide, -high], [wide, -high], [wide, high], [-wide, high]]) / 2.0
    shear = np.array([[rng.uniform(0.65, 1.0), rng.normal(0, tilt)], [rng.normal(0, tilt * 0.5), 1.0]])
    corners = corners @ shear.T @ turn.T + rng.normal(0, 0.02 * high, (4, 2))
    low, top = corners.min(axis=0), corners.max(axis=0)
    room = size - (top - low)
    if (room < 2).any():
        return None
    corners += -low + rng.uniform(0, 1, 2) * room
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    mask = cv2.warpPerspective(np.ones_like(picture), matrix, (size, size))
    drawn = cv2.warpPerspective(picture, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE)
    canvas += (drawn - canvas) * mask
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def _place_plate(
    rng: Generator, canvas: np.ndarray, taken: list[tuple[float, float, float, float]]
) -> tuple[float, float, float, float] | None:
    plate, _ = render_plate(rng, 96)
    width = float(np.exp(rng.uniform(np.log(22), np.log(150))))
    scale = width / plate.shape[1]
    if plate.shape[0] * scale < 7:
        scale = 7 / plate.shape[0]
    small = cv2.resize(plate, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    mean = float(small.mean())
    small = mean + (small - mean) * rng.uniform(0.3, 1.0) ** 0.7  # faint in shade and against the light
    small = np.clip(small * rng.uniform(0.6, 1.05), 0, 255).astype(np.float32)
    before = canvas.copy()
    box = _paste(rng, canvas, small, 0.12)
    if box is None or any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
        canvas[...] = before
        return None
    return box


def _degraded(rng: Generator, canvas: np.ndarray) -> np.ndarray:
    """Blur, night, noise and JPEG, as a camera leaves them."""
    if rng.random() < 0.6:
        canvas = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.3, 1.5))
    if rng.random() < 0.15:
        length = int(rng.integers(3, 7))
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2] = 1 / length
        canvas = cv2.filter2D(canvas, -1, kernel if rng.random() < 0.7 else kernel.T)
    if rng.random() < 0.35:
        canvas = canvas * rng.uniform(0.15, 0.8) + rng.uniform(0, 25)
    if rng.random() < 0.7:
        canvas = canvas + rng.normal(0, rng.uniform(1, 10), canvas.shape).astype(np.float32)
    grey = np.clip(canvas, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 95))])
        grey = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return grey
