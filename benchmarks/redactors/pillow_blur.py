"""A redactor as it stands in many a script: blur the boxes of a plan, or the middle of the picture, and save with Pillow.

    python benchmarks/redactors/pillow_blur.py INPUT OUTPUT [PLAN]

It is here to be scored, not to be used: a blur keeps what it spreads, the box is tight, and the old metadata goes along.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PIL import Image, ImageFilter


def main(source: str, output: str, plan: str | None = None) -> int:
    """Blur every planned box; without a plan the middle of the picture, where such scripts expect the face."""
    with Image.open(source) as opened:
        picture = opened.convert("RGB")
        kept = {name: opened.info[name] for name in ("exif",) if name in opened.info}
    if plan is not None:
        boxes = [item["box"] for item in json.loads(Path(plan).read_text("utf-8"))["redactions"]]
    else:
        boxes = [[picture.width // 4, picture.height // 4, picture.width // 2, picture.height // 2]]
    for x, y, width, height in boxes:
        area = (x, y, x + width, y + height)
        picture.paste(picture.crop(area).filter(ImageFilter.GaussianBlur(8)), area[:2])
    picture.save(output, **kept)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
