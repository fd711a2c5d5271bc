"""Mosaic over text that a browser drew, measured: ``python benchmarks/attack_browser.py COUNT BLOCK SEED MINUTES [absent]``, by hand.

Strings of ten letters and digits in plain faces, 16 to 36 CSS pixels (a third of them no whole number), set by the Chromium of this machine on
one page; then hidden and attacked as in `attack_mosaic`. With ``absent`` the face's family is not among those that the attack may use. Prints one
row of a Markdown table.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from attack_mosaic import LETTERS, hidden, same, x_height
from PIL import Image

import indelible.attacks.methods.mosaic_text as text_module
from indelible.attacks.fonts import Font, installed_fonts
from indelible.attacks.methods import Budget, Target
from indelible.attacks.scoring import lower_bound, upper_bound
from indelible.model import Box, Kind, Outcome

_ROW_PX = 90


def page(lines: list[tuple[str, Font, float]]) -> Image.Image:
    """A screenshot with one line every 90 pixels."""
    rows = "".join(
        f"<div style='position:absolute;left:40px;top:{10 + _ROW_PX * i}px;white-space:nowrap;font:{size}px \"{font.family}\"'>{text}</div>"
        for i, (text, font, size) in enumerate(lines)
    )
    with tempfile.TemporaryDirectory() as folder:
        source, shot = Path(folder, "page.html"), Path(folder, "page.png")
        source.write_text(f"<html><body style='margin:0;background:#fff;color:#000'>{rows}</body></html>")
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/profile",
             f"--window-size=600,{_ROW_PX * len(lines) + 20}", f"--screenshot={shot}", source.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return Image.open(shot).convert("RGB")


def main(count: int, ratio: float, seed: int, minutes: float, absent: bool) -> None:
    rng = np.random.default_rng(seed)
    fonts = [font for font in installed_fonts() if font.style in ("Regular", "Book")]
    lines = [
        (
            "".join(rng.choice(list(LETTERS), 10)),
            fonts[rng.integers(len(fonts))],
            round(float(rng.integers(16, 37)) + float(rng.choice([0, 0, 1 / 3])), 2),
        )
        for _ in range(count)
    ]
    whole = page(lines)
    ink = np.asarray(whole.convert("L")) < 250
    right = broken = sure = wrong = half = half_wrong = 0
    shares, times = [], []
    end = time.monotonic() + 60 * minutes
    for i, (text, font, size) in enumerate(lines):
        if time.monotonic() > end:
            count = i
            break
        top = _ROW_PX * i
        image = whole.crop((0, top, 600, top + _ROW_PX))
        rows, columns = np.nonzero(ink[top : top + _ROW_PX])
        dx, dy = (int(value) for value in rng.integers(4, 12, 2))
        left, high = max(0, int(columns.min()) - dx), max(0, int(rows.min()) - dy)
        box = Box(
            left, high, min(600, int(columns.max()) + 1 + dx) - left, min(_ROW_PX, int(rows.max()) + 1 + dy) - high
        )
        image = hidden(image, box, ratio * x_height(font, round(size)), rng)
        kept = tuple(
            other for other in installed_fonts() if not absent or other.family.split()[0] != font.family.split()[0]
        )
        text_module.installed_fonts = lambda kept=kept: kept
        began = time.process_time()
        result = text_module.mosaic_text(Target(image=image, box=box, kind=Kind.TEXT), Budget.of(600), seed)
        times.append(time.process_time() - began)
        best = result.guesses[0] if result.guesses else None
        hit = best is not None and best.text == text
        right += hit
        shares.append(same(text, best.text) if best else 0.0)
        broken += result.outcome is Outcome.BROKEN
        if best is not None:
            sure, wrong = sure + (best.posterior >= 0.9), wrong + (best.posterior >= 0.9 and not hit)
            half, half_wrong = half + (best.posterior >= 0.5), half_wrong + (best.posterior >= 0.5 and not hit)
        print(
            f"  {hit:d} {result.outcome} {shares[-1]:.2f} {best.posterior if best else 0:.2f} {times[-1]:.0f} s",
            file=sys.stderr,
            flush=True,
        )
    print(
        f"| browser{', face absent' if absent else ''} {ratio:g} | {count} | {seed} | exact {right / count:.2f} ({lower_bound(right, count):.2f}-"
        f"{upper_bound(right, count):.2f}) | char {np.mean(shares):.3f} | broken {broken}, wrong at 0.9: {wrong} of {sure}, at 0.5: {half_wrong} of {half} "
        f"| median {np.median(times):.0f} s, most {max(times):.0f} s |"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), "absent" in sys.argv)
