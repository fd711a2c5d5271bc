"""Seeded pictures through every writer, examined: a properly redacted file must draw no finding above info.

    python benchmarks/clean_outputs.py [--pictures 72] [--seed 1] [--only webp]

Each picture is redacted by the product and written in every format: stills, animations and pages. Every third source is coded in
the target's own format with loss, the others without. Each output is examined twice: as `certify` does, with original, plan and
redactor; and blind, as `verify` does with somebody's file. The second looks for overlooked faces and text are left out: the pictures
show invented ones on purpose. Blind, that there are several frames is told as undecided, and not counted. Prints a Markdown table; every accused file is named below it by writer and seed.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import machine
import numpy as np
from PIL import Image

from indelible.corpus.carriers import scene
from indelible.corpus.case import Case
from indelible.media import Picture, open_picture
from indelible.model import Box, FillStyle, Kind, Outcome, Redaction, RedactionPlan, Region, Severity, Source, State
from indelible.redact.apply import PlannedRedactor
from indelible.verify.checks import CHECKS
from indelible.verify.controls import observe
from indelible.verify.run import lay_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is written: its name, the format asked for, Pillow's name and options of a lossy source in it, and how many frames."""

    name: str
    wanted: str
    pillow: str
    lossy: dict[str, Any]
    frames: int = 1


TARGETS = (
    Target(name="jpeg", wanted="jpeg", pillow="JPEG", lossy={}),
    Target(name="png", wanted="png", pillow="PNG", lossy={}),
    Target(name="webp", wanted="webp", pillow="WEBP", lossy={"quality": 80}),
    Target(name="gif", wanted="gif", pillow="GIF", lossy={}),
    Target(name="bmp", wanted="bmp", pillow="BMP", lossy={}),
    Target(name="tiff", wanted="tiff", pillow="TIFF", lossy={"compression": "jpeg"}),
    Target(name="heif", wanted="heif", pillow="HEIF", lossy={"quality": 80}),
    Target(name="avif", wanted="avif", pillow="AVIF", lossy={"quality": 75}),
    Target(name="jp2", wanted="jp2", pillow="JPEG2000", lossy={"irreversible": True, "quality_layers": [20]}),
    Target(name="jxl", wanted="jxl", pillow="JXL", lossy={"quality": 90}),
    Target(name="png, animated", wanted="png", pillow="PNG", lossy={}, frames=3),
    Target(name="gif, animated", wanted="gif", pillow="GIF", lossy={}, frames=3),
    Target(name="webp, animated", wanted="webp", pillow="WEBP", lossy={"quality": 80}, frames=3),
    Target(name="tiff, pages", wanted="tiff", pillow="TIFF", lossy={"compression": "jpeg"}, frames=3),
)


def drawn(rng: np.random.Generator, frames: int) -> tuple[list[Image.Image], list[Box], Kind]:
    """One picture, or several of one size with the secret at another place each; every fourth is grey."""
    size = ((128, 96), (192, 160))[int(rng.integers(2))]
    kind = (Kind.FACE, Kind.TEXT)[int(rng.integers(2))]
    found = [scene(rng, size=size, kind=kind) for _ in range(frames)]
    grey = frames == 1 and int(rng.integers(4)) == 0
    return [item.picture.convert("L") if grey else item.picture for item in found], [item.box for item in found], kind


def source(images: Sequence[Image.Image], target: Target, rng: np.random.Generator, *, own: bool) -> bytes:
    """The pictures as a source file: in the target's own format, or without loss."""
    stream, options = io.BytesIO(), dict(target.lossy) if own else {}
    pillow = target.pillow if own or target.name == "jpeg" else "TIFF" if target.name == "tiff, pages" else "PNG"
    if pillow == "JPEG":
        options = {"quality": int(rng.integers(50, 97)), "progressive": bool(rng.integers(2))}
        options |= {"subsampling": int(rng.integers(3))} if images[0].mode == "RGB" else {}
    if len(images) > 1:
        options |= {"save_all": True, "append_images": list(images[1:])}
        options |= {} if pillow == "TIFF" else {"duration": [int(rng.integers(2, 20)) * 10 for _ in images]}
    images[0].save(stream, pillow, **options)
    return stream.getvalue()


def planned(picture: Picture, boxes: Sequence[Box], kind: Kind, *, mosaic: bool) -> RedactionPlan:
    """One region in each frame."""
    return RedactionPlan(
        source=Source(sha256=picture.sha256, width=picture.width, height=picture.height, frames=picture.frames),
        policy="public",
        redactions=tuple(
            Redaction(
                id=f"r{number}",
                kind=kind,
                region=Region(box=boxes[number], frame=number),
                fill=FillStyle.MOSAIC if mosaic else FillStyle.SOLID,
                blocks=5 if mosaic else None,
                state=State.ACCEPTED,
            )
            for number in range(picture.frames)
        ),
    )


def made(target: Target, seed: int) -> Case:
    """A redacted file with its original, plan and redactor beside it."""
    rng = np.random.default_rng([seed, *target.name.encode()])
    images, boxes, kind = drawn(rng, target.frames)
    original = source(images, target, rng, own=seed % 3 == 0)
    picture = open_picture(original)
    plan = planned(picture, boxes, kind, mosaic=False)
    redactor = PlannedRedactor.bind(plan, picture, target.wanted)
    return Case(
        name=f"{target.name} {seed}",
        recipe=target.name,
        seed=seed,
        format=redactor.format.name,
        extension=redactor.format.extension,
        published=redactor.publish(picture.images),
        original=original,
        plan=plan,
        redactor=redactor,
        leaky=False,
        note="",
    )


def blind(case: Case) -> Case:
    """The same file, with nothing beside it."""
    return Case(
        name=f"{case.name} blind", recipe=case.recipe, seed=case.seed, format=case.format, extension=case.extension,
        published=case.published, leaky=False, note="",
    )  # fmt: skip


def accusations(case: Case, *, several: bool) -> set[str]:
    """Rule and channel of everything above info, and checks in error; ``several``: not that there are several frames."""
    subject = lay_out(
        case.published, original=case.original, plan=case.plan, redactor=case.redactor,
        regions=case.redactor.regions if case.redactor else None, extension=case.extension,
    )  # fmt: skip
    found = set()
    for name, check in CHECKS:
        if check.family == "residual" or check.applies(subject) is not None:
            continue
        outcome, observation = observe(check, subject)
        if outcome is Outcome.ERROR:
            found.add(f"error {name}")
        told = [item for item in observation.findings if item.severity is not Severity.INFO]
        found |= {f"{item.rule} {item.channel}" for item in told if not (several and item.rule == "L211")}
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; 1 if any file was accused."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pictures", type=int, default=72, help="for each writer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="writers whose name begins so")
    options = parser.parse_args(arguments)
    print(f"{machine.line()}\n\n| writer | outputs | accused as certify examines | accused blind |\n|---|---|---|---|")
    total, told, started = [0, 0, 0], [], time.perf_counter()
    views: tuple[Callable[[Case], Case], ...] = (lambda case: case, blind)
    for target in TARGETS:
        if not target.name.startswith(options.only):
            continue
        row = [0, 0, 0]
        for seed in range(options.seed, options.seed + options.pictures):
            case = made(target, seed)
            row[0] += 1
            for number, view in enumerate(views, start=1):
                wrong = ", ".join(sorted(accusations(view(case), several=target.frames > 1 and number == 2)))
                row[number] += bool(wrong)
                told += [f"- {view(case).name}: {wrong}"] if wrong else []
        total = [a + b for a, b in zip(total, row, strict=True)]
        print(f"| {target.name} | " + " | ".join(map(str, row)) + " |", flush=True)
    print("| **all** | " + " | ".join(map(str, total)) + " |\n\n" + "\n".join(told))
    print(f"{total[0]} outputs in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return int(total[1] + total[2] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
