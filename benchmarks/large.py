"""A 100-megapixel scan through every detector: ``python benchmarks/large.py [MEGAPIXELS]``, by hand.

The page is drawn: paragraphs of small print with an e-mail address in each, a face in one corner. Prints seconds and the peak
memory of the process, and what was found and left out.
"""

from __future__ import annotations

import resource
import sys
import time

from PIL import Image, ImageDraw, ImageFont
from skimage import data

from indelible.detect.locate import locate
from indelible.media import Picture
from indelible.model import Policy


def page(megapixels: int) -> Image.Image:
    """An A4 page of that many megapixels."""
    width = round((megapixels * 1e6 / 1.414) ** 0.5)
    sheet = Image.new("RGB", (width, round(width * 1.414)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(28)
    for y in range(200, sheet.height - 200, 400):
        for x in range(200, width - 900, 1000):
            pen.text((x, y), "The tulips did well this year, writes", fill="black", font=font)
            pen.text((x, y + 40), f"gardener{x}@example.org to the club", fill="black", font=font)
    sheet.paste(Image.fromarray(data.astronaut()), (width - 600, 100))
    return sheet


def main() -> None:
    """Measure and print one line."""
    megapixels = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    image = page(megapixels)
    picture = Picture(format="png", sha256="0" * 64, image=image, stored_size=image.size, orientation=1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times: list[tuple[str, float]] = []
    located = locate(picture, Policy(), lambda name: times.append((name, time.perf_counter())))
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for (name, start), (_, end) in zip(times, [*times[1:], ("", ended)], strict=True):
        print(f"{name}: {end - start:.1f} s")
    kinds = {kind: sum(item.kind is kind for item in located.detections) for kind in Policy().kinds}
    print(f"{image.width}x{image.height}: {ended - times[0][1]:.1f} s, peak {peak >> 10} MB ({before >> 10} MB before)")
    print("found", {str(kind): count for kind, count in kinds.items()})
    print("not examined", [(str(item.kind), item.reason) for item in located.not_examined])


if __name__ == "__main__":
    main()
