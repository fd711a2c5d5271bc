"""Swirls: are the numbers recovered, and what comes back? ``python benchmarks/attack_warps.py [CASES]``, by hand.

Seeded text pages and drawn faces, three kinds of swirl, 1.5 to 5 radians, saved without loss. The region is told within a tenth of
its radius, as `attack` finds it. Prints a Markdown table.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from skimage.metrics import structural_similarity

from indelible.attacks.face_drawn import draw_face
from indelible.attacks.scoring import lower_bound, upper_bound
from indelible.attacks.warp_model import SWIRLS, Warp, forward, restore
from indelible.attacks.warp_region import swirl_at


def page(seed: int) -> np.ndarray:
    """Lines of made-up words, 300 x 300."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (300, 300), (250, 250, 248))
    size = int(rng.integers(11, 18))
    font = ImageFont.load_default(size)
    for y in range(8, 290, round(size * 1.5)):
        words = ("".join(rng.choice(list("etaoinshrdlu"), rng.integers(2, 9))) for _ in range(9))
        ImageDraw.Draw(image).text((8, y), " ".join(words), fill=(20, 20, 30), font=font)
    return np.asarray(image)


def face(seed: int) -> np.ndarray:
    """A drawn face in a plain room, 300 x 300."""
    picture = np.repeat(np.linspace(120, 170, 300).astype(np.uint8)[:, None, None], 300, axis=1).repeat(3, axis=2)
    picture[30:270, 54:246] = draw_face(seed, 1, (192, 240))
    return picture


def main(cases: int) -> None:
    """Print the table."""
    print("| content | cases | broken | radius and angle within 2 % | within 5 % | similarity over 0.6 | median s |")
    print("|---|---|---|---|---|---|---|")
    for name, make in (("text page", page), ("drawn face", face)):
        rng = np.random.default_rng(17)
        accepted = close = near = alike = 0
        seconds = []
        for number in range(cases):
            picture = make(8_000 + number)
            radius, x, y = rng.uniform(85, 125), *rng.uniform(142, 158, 2)
            true = Warp(
                kind="swirl",
                family=SWIRLS[number % 3],
                amount=float(rng.uniform(1.5, 5) * rng.choice((-1, 1))),
                radius=float(radius),
                x=float(x),
                y=float(y),
            )
            warped = forward(picture, true)
            began = time.monotonic()
            area = swirl_at(warped, *(rng.uniform(-0.1, 0.1, 2) * radius + (x, y)), radius * rng.uniform(0.9, 1.1))
            seconds.append(time.monotonic() - began)
            if area is None:
                continue
            off = max(abs(area.warp.radius / true.radius - 1), abs(area.warp.amount / true.amount - 1))
            accepted, close, near = accepted + area.accepted, close + (off <= 0.02), near + (off <= 0.05)
            part = tuple(slice(int(middle - radius), int(middle + radius)) for middle in (y, x))
            back = restore(warped, area.warp)[part]
            alike += structural_similarity(picture[part], back, channel_axis=2) > 0.6
        shares = " | ".join(
            f"{hits}/{cases} ({lower_bound(hits, cases):.2f}-{upper_bound(hits, cases):.2f})"
            for hits in (accepted, close, near, alike)
        )
        print(f"| {name} | {cases} | {shares} | {np.median(seconds):.1f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
