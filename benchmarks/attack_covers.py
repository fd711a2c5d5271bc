"""How strong the attacks on covers, boxes, several frames and file tails are; run by hand, prints a Markdown table.

python benchmarks/attack_covers.py [own|read|tail|covers|names|widths|frames ...] [--cases N] [--minutes M]
"""

from __future__ import annotations

import argparse
import difflib
import io
import math
import statistics
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from indelible.attacks.fonts import Font, installed_fonts
from indelible.attacks.line_font import fit_line
from indelible.attacks.methods import ATTACKS, Budget, Target
from indelible.attacks.methods.mosaic_multiframe import clip
from indelible.attacks.recovered_text import read as read_text
from indelible.attacks.scoring import lower_bound, upper_bound
from indelible.attacks.surnames import surnames
from indelible.attacks.tail_restore import restore
from indelible.attacks.width_match import matching
from indelible.detect.scene import Scene
from indelible.detect.text import find_text
from indelible.jpeg import coding_of
from indelible.media import open_picture
from indelible.model import Box, Detection, Kind, Outcome, Policy
from indelible.redact.planning import planned_box, usual_heights

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
WORDS = "invoice account transfer holiday window river Anderson Miller garden 4711 blue 2024 station castle bread letter".split()
LABELS = ("Patient:", "Account of", "Dear Mr", "Name:", "Signed by")


def fonts() -> list[Font]:
    """Upright text faces; what else is installed is left to chance."""
    return [f for f in installed_fonts() if f.plain and "Math" not in f.family]


STOP = [math.inf]


def seeds(first: int, cases: int) -> Iterator[int]:
    """So many seeds, fewer if the time is up: rows then say how many cases they rest on."""
    for seed in range(first, first + cases):
        if time.monotonic() > STOP[0]:
            return
        yield seed


def row(figure: str, hits: int, cases: int, note: str) -> None:
    """One line of the table, with the one-sided 95 % bounds of Clopper and Pearson."""
    share = hits / cases if cases else 0.0
    print(
        f"| {figure} | {share:.3f} | {cases} | {lower_bound(hits, cases):.3f}-{upper_bound(hits, cases):.3f} | {note} |",
        flush=True,
    )


def value(figure: str, number: float, cases: int, note: str) -> None:
    """One line that is no rate."""
    print(f"| {figure} | {number:.3f} | {cases} | | {note} |", flush=True)


def name_line(seed: int, *, after: bool = True, padding: int = 2, other: str = "") -> tuple[Image.Image, Box, str]:
    """A page with a name in its middle line, and the tight box over it. ``other``: that name instead of the seed's."""
    rng = np.random.default_rng(seed)
    faces, names = fonts(), surnames()
    face, px = faces[int(rng.integers(0, len(faces)))], int(rng.integers(16, 34))
    font = ImageFont.truetype(face.path, px)
    image = Image.new("RGB", (720, 220), "white")
    pen = ImageDraw.Draw(image)
    name, label = names[int(rng.integers(0, len(names)))], LABELS[int(rng.integers(0, len(LABELS)))]
    name = other or name
    x, y = int(rng.integers(20, 60)), int(rng.integers(70, 110))
    pen.text((x, y - int(1.7 * px)), "The letter of the 14th of May", fill="black", font=font)
    pen.text((x, y), f"{label} {name}" + (" from Hamburg" if after else ""), fill="black", font=font)
    pen.text((x, y + int(1.7 * px)), "was sent to the garden station", fill="black", font=font)
    mask, (left, top) = font.getmask2(name, mode="L", anchor="la")
    start = int(x + pen.textlength(label + " ", font=font)) + left
    return image, Box(start - padding, y + top - padding, mask.size[0] + 2 * padding, mask.size[1] + 2 * padding), name


def jpeg(image: Image.Image, quality: int) -> tuple[Image.Image, bytes]:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return Image.open(io.BytesIO(stream.getvalue())).convert("RGB"), stream.getvalue()


def by_unit(box: Box, size: tuple[int, int]) -> Box:
    """Grown to coded units of 16 and one pixel more."""
    x0, y0 = max(0, box.x // 16 * 16 - 1), max(0, box.y // 16 * 16 - 1)
    return Box(
        x0, y0, min(size[0], -(-box.right // 16) * 16 + 1) - x0, min(size[1], -(-box.bottom // 16) * 16 + 1) - y0
    )


def published(image: Image.Image, box: Box) -> Image.Image:
    """Compressed, decoded, covered."""
    shown = jpeg(image, 75)[0]
    shown.paste((0, 0, 0), box.corners)
    return shown


def names(asked: int) -> None:
    """A302 on seeded lines: tight boxes, and every third one behind our geometry.

    Two names may make the very same published picture; then no attack tells them apart, and the line is counted apart.
    """
    bleed = ATTACKS.get("source_bleed")
    cases = first = silent = same = wrong = grown = held = controls = 0
    seconds = []
    for seed in seeds(9000, asked):
        cases += 1
        image, box, name = name_line(seed)
        shown, blank = published(image, box), image.copy()
        blank.paste((255, 255, 255), box.corners)
        result = bleed.run(Target(image=shown, box=box, kind=Kind.TEXT), Budget(), seed)
        seconds.append(result.seconds)
        top = [guess for guess in result.guesses if guess.posterior >= result.guesses[0].posterior - 1e-6]
        rivals = [guess.text for guess in top if guess.text != name]
        if top and not rivals:
            first += 1
        elif published(blank, box).tobytes() == shown.tobytes():
            silent += 1
        elif rivals and published(name_line(seed, other=rivals[0])[0], box).tobytes() == shown.tobytes():
            same += 1
        else:
            wrong += bool(top) and top[0].posterior >= 0.5
            print(f"<!-- {seed}: missed, {result.outcome.value} {result.why} -->", flush=True)
        if seed % 3 == 0:
            controls += 1
            cover = by_unit(box, image.size)
            target = Target(image=published(image, cover), box=cover, kind=Kind.TEXT)
            result = bleed.run(target, Budget(), seed)
            grown += bool(result.guesses) and result.guesses[0].text == name
            held += result.outcome is Outcome.HELD
    row("name among 1,000, tight box, 4:2:0 quality 75: alone at rank 1", first, cases, "seeds from 9000")
    told = (
        f"without {silent} whose box leaves no trace of any text and {same} where another name makes the same picture"
    )
    row("same, lines that can be told", first, cases - silent - same, told)
    row("same, wrong name at posterior 0.5 or more", wrong, cases, "")
    row("same, box grown by coded unit + 1 px: at rank 1", grown, controls, "every third line")
    row("same, said to be held", held, controls, "")
    value("seconds per region, median", statistics.median(seconds), cases, "2 shared cores under load")


def widths(cases: int) -> None:
    """A303 on seeded lines: tight boxes, and our own boxes over a name at the end of its line."""
    attack = ATTACKS.get("box_width")
    bits: list[float] = []
    kept: list[float] = []
    for seed in seeds(9000, cases):
        image, box, _ = name_line(seed)
        image.paste((0, 0, 0), box.corners)
        bits.append(attack.run(Target(image=image, box=box, kind=Kind.TEXT), Budget(), seed).leaked_bits or 0.0)
        image, box, _ = name_line(seed, after=False)
        detection = Detection(kind=Kind.TEXT, box=box, score=1.0, detector="")
        box = planned_box(detection, Policy(), *image.size, usual_heights([detection], Policy())[0])
        image.paste((0, 0, 0), box.corners)
        line = fit_line(image, box)
        if line is not None:  # else its label is covered, and nothing says how it is set
            kept.append(matching(line, box, surnames(), image.size).bits)
    value("box width, tight: bits by A303, median", statistics.median(bits), len(bits), "seeds from 9000")
    row("box width, tight: at least 5 bits", sum(b >= 5 for b in bits), len(bits), "")
    value("box width, our own boxes: bits by A303, mean", statistics.mean(kept), len(kept), f"most {max(kept):.2f}")


def entropy(values: Sequence[object]) -> float:
    """Bits: what seeing one of them says about which entry it came from, all entries being as likely."""
    counts = Counter(values)
    return -sum(count / len(values) * math.log2(count / len(values)) for count in counts.values())


def own(cases: int) -> None:
    """Left edge and width of our boxes over all thousand names on the same line, 12 pt at 150 dpi: exact, with a stand-in for the reader.

    The stand-in's boxes go with the ink: a line is as high as its letters, and a word begins half of that before its pen.
    """
    for px in (25, 0):
        own_at(px, cases)


def own_at(px: int, cases: int) -> None:
    """At one size, or (0) at sizes from 12 to 48 px."""
    figures: dict[str, list[float]] = {"tight": [], "alone on its page": [], "one of nine on its page": []}
    faces = [f for f in fonts() if "Mono" not in f.family]
    for seed in range(6000, 6000 + cases):
        rng = np.random.default_rng(seed)
        font = ImageFont.truetype(faces[seed % len(faces)].path, px or int(np.exp(rng.uniform(np.log(12), np.log(48)))))
        label = ("Patient number: ", "Account holder: ", "Signed on behalf of ")[seed % 3]
        x, y = int(rng.integers(60, 400)), int(rng.integers(60, 1600))
        found = [reader_like(font, label, name, x, y) for name in surnames()]
        others = [found[int(n)] for n in rng.integers(0, len(found), 8)]
        boxes: dict[str, list[tuple[int, int]]] = {figure: [] for figure in figures}
        for detection in found:
            boxes["tight"].append((detection.box.x, detection.box.width))
            for figure, page in (("alone on its page", []), ("one of nine on its page", others)):
                usual = usual_heights([detection, *page], Policy())
                box = planned_box(detection, Policy(), 1240, 1754, usual[0])
                boxes[figure].append((box.x, box.width))
        for figure, bits in figures.items():
            bits.append(entropy(boxes[figure]))
    for figure, bits in figures.items():
        low, high = (
            statistics.mean(bits) + sign * 1.96 * statistics.stdev(bits) / math.sqrt(cases) for sign in (-1, 1)
        )
        size = f"{px} px" if px else "12-48 px"
        value(f"box over a surname, {size}, {figure}: bits of left edge and width, mean", statistics.mean(bits), cases,
              f"95 % {low:.2f}-{high:.2f}; most {max(bits):.2f}")  # fmt: skip


def reader_like(font: ImageFont.FreeTypeFont, label: str, name: str, x: int, y: int) -> Detection:
    """What the reader would find of a name behind its label."""
    _, top, right, bottom = (int(side) for side in font.getbbox(label + name))
    height = bottom - top + 6
    left = int(x + font.getlength(label)) - height // 2
    return Detection(kind=Kind.TEXT, box=Box(left, y + top - 3, x + right + 3 - left, height), score=1.0, detector="")


def read(cases: int) -> None:
    """The same with our reader and rules, on pages of twenty labelled names; bits over so many names of each page's kind."""
    figures: dict[str, list[float]] = {"as found": [], "left edge and width": [], "width": [], "height and row": []}
    found = asked = 0
    faces = [f for f in fonts() if "Mono" not in f.family]
    kinds = [(face, label) for face in faces[:: max(1, len(faces) // 4)][:4] for label in ("Name: ", "Patient: ")]
    for number, (face, label) in enumerate(kinds):
        font, boxes = ImageFont.truetype(face.path, 25), []
        x = 140 + 17 * number
        names = [surnames()[int(n)] for n in np.random.default_rng(number).permutation(1000)[:cases]]
        for first in range(0, cases, 20):
            page = Image.new("RGB", (1240, 1754), "white")
            for row_of, name in enumerate(names[first : first + 20]):
                ImageDraw.Draw(page).text((x, 64 + 80 * row_of), label + name, fill="black", font=font)
            stream = io.BytesIO()
            page.save(stream, "PNG")
            picture = open_picture(stream.getvalue())
            detections = [item for item in find_text(Scene(picture), Policy()) if isinstance(item, Detection)]
            usual = usual_heights(detections, Policy())
            for row_of in range(len(names[first : first + 20])):
                asked += 1
                middle = 64 + 80 * row_of + 15
                mine = [item for item in detections if item.box.y < middle < item.box.bottom]
                if len(mine) == 1:
                    found += 1
                    padded = planned_box(mine[0], Policy(), *page.size, usual[0])
                    tight = mine[0].box
                    boxes.append((tight.x, tight.width, padded.x, padded.width, padded.y - 80 * row_of, padded.height))
        figures["as found"].append(entropy([box[:2] for box in boxes]))
        figures["left edge and width"].append(entropy([box[2:4] for box in boxes]))
        figures["width"].append(entropy([box[3] for box in boxes]))
        figures["height and row"].append(entropy([box[4:] for box in boxes]))
    row("labelled surnames found by the reader and the rules, in one box", found, asked, "")
    for figure, bits in figures.items():
        most = f"at most {math.log2(cases):.1f} can show over {cases} names"
        value(f"our reader's box over a surname, {figure}: bits, mean", statistics.mean(bits), len(bits), most)


def edits(truth: str, seen: str) -> int:
    """Letters to put in, take out or change until ``seen`` is ``truth`` (Levenshtein)."""
    last = list(range(len(seen) + 1))
    for number, char in enumerate(truth, start=1):
        here = [number]
        for at, other in enumerate(seen, start=1):
            here.append(min(last[at] + 1, here[-1] + 1, last[at - 1] + (char != other)))
        last = here
    return last[-1]


def marker(cases: int) -> None:
    """A301: characters read under a marker."""
    attack = ATTACKS.get("cover_stretch")
    for label, opacity, quality in (("0.98, PNG", 0.98, None), ("0.90, JPEG 85", 0.90, 85), ("1.0, JPEG 75", 1.0, 75)):
        right = total = held = exact = lines = 0
        for seed in seeds(7000, cases):
            lines += 1
            rng = np.random.default_rng(seed)
            face = fonts()[seed % len(fonts())]
            px = int(rng.integers(18, 34))
            font = ImageFont.truetype(face.path, px)
            image = Image.new("RGB", (900, 200), "white")
            pen = ImageDraw.Draw(image)
            words = [WORDS[int(n)] for n in rng.integers(0, len(WORDS), 6)]
            pen.text((24, 20), " ".join(words[:3]), fill="black", font=font)
            pen.text((24, 90), " ".join(words[3:]), fill="black", font=font)
            x0, y0, x1, y1 = (int(side) for side in pen.textbbox((24, 90), " ".join(words[3:]), font=font))
            box = Box(x0 - 4, y0 - 4, x1 - x0 + 8, y1 - y0 + 8)
            part = Image.blend(image, Image.new("RGB", image.size, "black"), opacity).crop(box.corners)
            image.paste(part, box.corners)
            target = Target(image=image, box=box)
            if quality is not None:
                shown, data = jpeg(image, quality)
                with Image.open(io.BytesIO(data)) as opened:
                    target = Target(image=shown, box=box, jpeg=coding_of(opened), file=data)
            result = attack.run(target, Budget(), seed)
            truth, seen = "".join(words[3:]), "".join(g.text for g in result.guesses).replace(" ", "")
            right, total = right + max(0, len(truth) - edits(truth, seen)), total + len(truth)
            exact += truth == seen
            held += result.outcome is Outcome.HELD
        if opacity < 1:
            row(f"marker {label}: characters, less one for each edit", right, total, f"{lines} lines, seeds from 7000")
            row(f"marker {label}: lines without an edit", exact, lines, "")
        else:
            row(f"solid fill, {label}: held", held, lines, "seeds from 7000")


def frames(cases: int) -> None:
    """A103: characters read from a clip, and from one of its frames."""
    attack = ATTACKS.get("mosaic_multiframe")
    right = alone = total = 0
    for seed in range(5000, 5000 + cases):
        rng = np.random.default_rng(seed)
        text = (
            f"{surnames()[int(rng.integers(0, 1000))]} {int(rng.integers(1000, 9999))} {int(rng.integers(1000, 9999))}"
        )
        target = clip(text, frames=60, block=12, text_px=12, seed=seed)
        assert target.box is not None
        one = np.asarray(target.image.convert("L").crop(target.box.corners))
        result = attack.run(target, Budget(), seed)
        truth = text.replace(" ", "")
        for index, seen in enumerate((result.guesses, read_text(one))):
            joined = "".join(guess.text for guess in seen).replace(" ", "")
            blocks = difflib.SequenceMatcher(None, truth, joined, autojunk=False).get_matching_blocks()
            hit = sum(block.size for block in blocks)
            right, alone = (right + hit, alone) if index == 0 else (right, alone + hit)
        total += len(truth)
    row("moving mosaic, 60 frames, block 12, 12 px text: characters", right, total, f"{cases} clips, seeds from 5000")
    row("same, one frame: characters", alone, total, "")


def screen(seed: int, size: tuple[int, int]) -> Image.Image:
    """Panels with text and a photograph, like a telephone's screen."""
    rng = np.random.default_rng(seed)
    width, height = size
    image = Image.new("RGB", size, (250, 250, 252))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(18)
    for y in range(0, height, 160):
        pen.rectangle([20, y + 10, width - 20, y + 120], fill=tuple(int(v) for v in rng.integers(180, 256, 3)))
        for n in range(4):
            words = " ".join(WORDS[int(k)] for k in rng.integers(0, len(WORDS), width // 100))
            pen.text((40, y + 16 + 24 * n), words, fill=(20, 20, 30), font=font)
    photo = rng.integers(0, 256, (12, 12, 3), dtype=np.uint8)
    large = np.asarray(Image.fromarray(photo).resize((width // 2, height // 3), Image.Resampling.BICUBIC)).astype(
        np.int16
    )
    noisy = np.clip(large + rng.integers(-4, 5, large.shape), 0, 255).astype(np.uint8)
    image.paste(Image.fromarray(noisy), (width // 4, height // 2))
    return image


def encoded(image: Image.Image, file_format: str, level: int) -> bytes:
    stream = io.BytesIO()
    image.save(stream, file_format, **({"compress_level": level} if file_format == "PNG" else {"interlace": 0}))
    return stream.getvalue()


def tail(cases: int) -> None:
    """A401: pixels of overwritten files, and no alarm on ordinary ones."""
    certain = right = rows = whole = restored = 0
    seconds = []
    for seed in range(3000, 3000 + cases):
        rng = np.random.default_rng(seed)
        mode, level, share = ("RGB", "RGBA", "GIF")[seed % 3], (6, 9)[seed // 3 % 2], float(rng.uniform(0.05, 0.5))
        picture = screen(seed, (int(rng.integers(540, 1090)), int(rng.integers(800, 1600))))
        file_format = "GIF" if mode == "GIF" else "PNG"
        picture = picture.quantize(128) if mode == "GIF" else picture.convert(mode)
        old = encoded(picture, file_format, level)
        small = encoded(picture.crop((0, 0, 48, 40)), file_format, level)
        missing = int(share * len(old)) - len(small)
        if file_format == "PNG":
            body = bytes(max(0, missing - 12))
            chunk = struct.pack(">I", len(body)) + b"prVt" + body + struct.pack(">I", zlib.crc32(b"prVt" + body))
            small = small[:-12] + chunk + small[-12:]
        else:
            small = small[:-1] + b"\x21\xfe" + (b"\xff" + bytes(255)) * max(0, missing // 256) + b"\0;"
        started = time.perf_counter()
        found = restore(small + old[len(small) :])
        seconds.append(time.perf_counter() - started)
        with Image.open(io.BytesIO(old)) as opened:
            truth = np.asarray(opened).reshape(picture.height, picture.width, -1)
        if found is None or found.width != picture.width:
            continue
        restored += 1
        if found.pixels.shape[2] != truth.shape[2]:
            continue
        count = min(len(truth), len(found.pixels))
        same = (found.pixels[-count:] == truth[-count:]).all(axis=2)
        known = found.known[-count:]
        certain, right = certain + int(known.sum()), right + int((same & known).sum())
        rows, whole = rows + int(known.all(axis=1).sum()), whole + int((same & known).all(axis=1).sum())
    row("overwritten PNG and GIF: restored with the right width", restored, cases, "seeds from 3000")
    row("rows that hang on nothing lost: exact", whole, rows, "")
    row("pixels said to be certain: exact", right, certain, "")
    value("seconds, longest", max(seconds), cases, "")
    alarms = files = 0
    for seed in range(5000):
        rng = np.random.default_rng(seed)
        picture = Image.fromarray(
            rng.integers(0, 256, (int(rng.integers(4, 40)), int(rng.integers(4, 40)), 3), dtype=np.uint8)
        )
        picture = picture.resize((int(rng.integers(20, 160)), int(rng.integers(20, 160))), Image.Resampling.BICUBIC)
        stream = io.BytesIO()
        picture.quantize(64).save(stream, "GIF") if seed % 3 == 2 else picture.save(stream, ("PNG", "JPEG")[seed % 3])
        behind = (
            b"",
            bytes(64),
            rng.bytes(int(rng.integers(1, 3000))),
            zlib.compress(rng.bytes(900)) * 3,
            stream.getvalue(),
        )
        files, alarms = files + 1, alarms + (restore(stream.getvalue() + behind[seed // 3 % 5]) is not None)
    for path in sorted(SAMPLES.rglob("*")) if SAMPLES.is_dir() else []:
        if path.suffix.lower() in (".png", ".jpg", ".jpeg", ".gif"):
            files, alarms = files + 1, alarms + (restore(path.read_bytes()) is not None)
    row("ordinary files, with and without a foreign tail: alarms", alarms, files, "seeds 0-4999 and the samples")


PARTS: dict[str, tuple[Callable[[int], None], int]] = {
    "own": (own, 100),
    "read": (read, 100),
    "tail": (tail, 60),
    "covers": (marker, 24),
    "names": (names, 100),
    "widths": (widths, 100),
    "frames": (frames, 8),
}


def main() -> None:
    """Run the parts asked for, all by default."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    parser.add_argument("--cases", type=int)
    parser.add_argument("--minutes", type=float, default=math.inf, help="no new case after so long")
    asked = parser.parse_args()
    STOP[0] = time.monotonic() + 60 * asked.minutes
    print("| Figure | Value | Cases | 95 % bounds, one-sided each | How |\n|---|---|---|---|---|")
    for part in asked.parts:
        run, cases = PARTS[part]
        run(asked.cases or cases)


if __name__ == "__main__":
    main()
