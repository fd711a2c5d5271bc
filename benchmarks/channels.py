"""What the verifier sees in real files, what our own output leaves of them, and what other cleaners leave.

    python benchmarks/channels.py FOLDER [--mat2 PROGRAM] [--only jpg/] [--without verify,certify,peers]

FOLDER holds MANIFEST.csv (columns file, format, leak_channels) and the files. Prints three Markdown tables: labels found by channel
family; files certified, refused as broken, refused by us; families that survive in each tool's output. Files are named by their
number in the manifest. No value is printed.

The same three witnesses judge everybody's output: our walker, exiftool with the strict options, and the source's values and embedded
pictures searched as raw bytes. `certify` runs with one kind of detector (faces); what it would redact does not matter here.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import machine
from channel_labels import FAMILIES, SURVIVING, family_of, is_no_leak
from channel_peers import peers
from PIL import Image

import indelible
from indelible.errors import IndelibleError
from indelible.exec.exiftool import reading
from indelible.model import Kind, Outcome, Policy, Severity
from indelible.verify.checks import CHECKS
from indelible.verify.containers.walkers import inspect_file
from indelible.verify.controls import observe
from indelible.verify.leaks.metadata import outside, survivors
from indelible.verify.run import lay_out

#: Formats of the manifest that are ours to redact; PDF is not, nor are camera raw files.
_OURS = ("jpg", "png", "webp", "tiff", "gif", "bmp", "heif", "avif", "jp2", "jxl", "psd")
_RAW = (".cr3", ".rw2", ".nef", ".arw", ".dng", ".cr2", ".orf", ".raf")
_BYTES = ("structure", "metadata", "preview")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One file of the manifest; ``name`` is its folder and number."""

    name: str
    format: str
    extension: str
    labels: tuple[str, ...]
    data: bytes = field(repr=False)


@dataclass(slots=True)
class Left:
    """What one tool left in the files that it wrote."""

    produced: int = 0
    refused: int = 0
    had: Counter[str] = field(default_factory=Counter)
    survives: Counter[str] = field(default_factory=Counter)
    any_had: int = 0
    any_left: int = 0
    values: int = 0
    copies: int = 0


def samples(folder: Path, only: str) -> list[Sample]:
    """The files of the manifest in its order."""
    with (folder / "MANIFEST.csv").open(newline="", encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["file"].startswith(only)]
    return [
        Sample(
            name=row["file"].split("_")[0],
            format=row["format"],
            extension=Path(row["file"]).suffix.lower(),
            labels=tuple(item for item in row["leak_channels"].split(";") if item),
            data=(folder / row["file"]).read_bytes(),
        )
        for row in rows
    ]


def is_ours(sample: Sample) -> bool:
    """Whether the file has a format that we redact."""
    return sample.format in _OURS and sample.extension not in _RAW


def seen(data: bytes, extension: str) -> tuple[set[str], Outcome]:
    """``"RULE channel"`` of everything above info that the checks on bytes find, and their worst outcome."""
    subject = lay_out(data, extension=extension)
    found: set[str] = set()
    outcomes = []
    for _, check in CHECKS:
        if check.family not in _BYTES or check.applies(subject) is not None:
            continue
        outcome, observation = observe(check, subject)
        outcomes.append(outcome)
        found |= {f"{i.rule} {i.channel}" for i in observation.findings if i.severity is not Severity.INFO}
    worst = next((item for item in (Outcome.BROKEN, Outcome.ERROR, Outcome.INCONCLUSIVE) if item in outcomes), None)
    return found, worst or Outcome.HELD


def verify_table(files: Sequence[Sample]) -> list[str]:
    """Labels by family: files that have one, files where the right family is found, files with no finding at all."""
    have, right, silent, missed = Counter[str](), Counter[str](), Counter[str](), defaultdict(list)
    outcomes, carriers = Counter[str](), 0
    unknown = set()
    for sample in files:
        found, outcome = seen(sample.data, sample.extension)
        wanted = {}
        for label in sample.labels:
            entry = family_of(label)
            if entry is not None:
                wanted.setdefault(entry[0], []).append((label, entry[1]))
            elif not is_no_leak(label):
                unknown.add(label)
        if wanted:
            carriers += 1
            outcomes[outcome.value] += 1
        for family, labels in wanted.items():
            have[family] += 1
            if any(rules.match(item) for _, rules in labels for item in found):
                right[family] += 1
            else:
                silent[family] += not found
                missed[family].append((sample.name, labels[0][0].split("[")[0].split("(")[0], outcome.value))
    lines = ["| family | files | right family found | only others | nothing found |", "|---|---|---|---|---|"]
    for family in FAMILIES:
        if have[family]:
            others = have[family] - right[family] - silent[family]
            lines.append(f"| {family} | {have[family]} | {right[family]} | {others} | {silent[family]} |")
    told = ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items()))
    lines += ["", f"{len(files)} files, {carriers} with a label that is a leak; worst row: {told}.", ""]
    lines += [
        f"- {family}: " + ", ".join(f"{name} `{label}` ({word})" for name, label, word in found)
        for family, found in missed.items()
    ]
    return lines + ([f"- labels without a family: {sorted(unknown)}"] if unknown else [])


def left_in(data: bytes) -> set[str]:
    """Everything above info that walker and exiftool find, as ``"RULE channel"``; frames that are the picture are none."""
    inspection = inspect_file(data)
    if inspection is None:
        return {"L310 container.unknown"}
    items = [*inspection.walk.findings, *outside(inspection.walk.format, reading(data))]
    return {
        f"{item.rule} {item.channel}"
        for item in items
        if item.severity is not Severity.INFO
        and not (item.rule == "L211" and item.cannot_tell)
        and not (item.rule == "L209" and item.severity is Severity.MEDIUM)
    }


def families_in(found: set[str]) -> set[str]:
    """Families of the third table."""
    rules = {item.split()[0] for item in found}
    return {name for name, of in SURVIVING.items() if rules & set(of)}


def count(left: Left, source: Sample, had: set[str], output: bytes | None) -> set[str]:
    """Book one file of one tool; returns what is left above info."""
    if output is None:
        left.refused += 1
        return set()
    left.produced += 1
    found = left_in(output)
    still = families_in(found) & had
    left.had.update(had)
    left.survives.update(still)
    probes = {item.channel for item in survivors(output, source.data, reading(source.data))}
    left.values += bool(probes - {"probe.picture"})
    left.copies += "probe.picture" in probes
    left.any_had += bool(had)
    left.any_left += bool(still or probes)
    return found | probes


def readers(data: bytes) -> tuple[bool, bool]:
    """Whether Pillow and OpenCV decode the file."""
    import cv2
    import numpy as np

    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data)) as image:
            warnings.simplefilter("ignore")
            image.load()
        first = True
    except Exception:
        first = False
    try:
        second = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) is not None
    except Exception:
        second = False
    return first, second


def is_broken(data: bytes) -> bool:
    """Pillow does not decode it, and exiftool calls it an error or our walker finds it damaged or cut short.

    A way of coding that nobody here reads is no damage, and neither is a broken EXIF block.
    """
    if readers(data)[0]:
        return False
    inspection = inspect_file(data)
    damage = [] if inspection is None else [i.channel for i in inspection.walk.findings if i.rule in ("L310", "L306")]
    told = [item for item in damage if not item.endswith((".coding", "bmp.size")) and not item.startswith("exif.")]
    return reading(data).error or bool(told)


def certify_all(files: Sequence[Sample], left: Left, had: dict[str, set[str]]) -> list[str]:
    """Certify each file; a table by format, the refused files, and anything that is left in an output."""
    words: dict[str, Counter[str]] = defaultdict(Counter)
    refused, survived, started = [], [], time.perf_counter()
    policy = Policy(kinds=(Kind.FACE,))
    reasons = Counter[str]()
    for number, sample in enumerate(files):
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / f"in{sample.extension}"
            source.write_bytes(sample.data)
            try:
                result = indelible.certify(source, Path(folder) / "out", policy=policy)
            except IndelibleError as problem:
                ours = problem.code == "coding_unknown" or not is_broken(sample.data)
                word, output = ("refused" if ours else "broken"), None
                pillow, opencv = readers(sample.data)
                opened = ", ".join(name for name, yes in (("Pillow", pillow), ("OpenCV", opencv)) if yes) or "nobody"
                refused.append(f"| {sample.name} | `{problem.code}` | {word} | {opened} |")
            except Exception as problem:
                word, output = "crash", None
                refused.append(f"| {sample.name} | {type(problem).__name__} | crash | |")
            else:
                place = result.output or result.quarantine
                output = place.read_bytes() if place else None
                word = "certified" if result.output else "quarantined"
                reasons.update(reason.value for reason in result.examination.verdict.reasons)
        words[sample.format][word] += 1
        found = count(left, sample, had[sample.name], output)
        if found:
            survived.append(f"- {sample.name}: {', '.join(sorted(found))}")
        print(f"certify {number + 1}/{len(files)} {sample.name} {word}", file=sys.stderr, flush=True)
    heads = ("certified", "quarantined", "refused", "broken", "crash")
    lines = ["| format | files | " + " | ".join(heads) + " |", "|---|---|---|---|---|---|---|"]
    for format in (*_OURS, "all"):
        counts = sum(words.values(), Counter()) if format == "all" else words[format]
        if counts.total():
            lines.append(f"| {format} | {counts.total()} | " + " | ".join(str(counts[head]) for head in heads) + " |")
    lines += ["", "| refused file | code | | decoded by |", "|---|---|---|---|", *refused, ""]
    lines.append(f"Reasons of quarantine: {', '.join(f'{name} {n}' for name, n in sorted(reasons.items())) or 'none'}.")
    lines.append(f"Outputs with anything above info by any witness: {len(survived)}.")
    print(f"certify: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return lines + survived


def peers_all(files: Sequence[Sample], tools: dict[str, Left], had: dict[str, set[str]], mat2: str | None) -> None:
    """Every other tool over the same files."""
    for name, clean in peers(mat2).items():
        tools[name] = Left()
        for sample in files:
            with tempfile.TemporaryDirectory() as folder:
                output = clean(sample.data, sample.extension, Path(folder))
            count(tools[name], sample, had[sample.name], output)
        print(f"{name} done", file=sys.stderr, flush=True)


def survival_table(tools: dict[str, Left]) -> list[str]:
    """x/y: outputs in which the family survives, of outputs whose source had it."""
    lines = ["| family | " + " | ".join(tools) + " |", "|---|" + "---|" * len(tools)]
    rows = [("output produced", [f"{item.produced} of {item.produced + item.refused}" for item in tools.values()])]
    for family in SURVIVING:
        cells = [f"{item.survives[family]}/{item.had[family]}" for item in tools.values()]
        rows.append((family, cells))
    rows.append(("**any of these, or raw bytes**", [f"**{i.any_left}/{i.any_had}**" for i in tools.values()]))
    rows.append(("values literally left", [f"{item.values}/{item.produced}" for item in tools.values()]))
    rows.append(("embedded picture literally left", [f"{item.copies}/{item.produced}" for item in tools.values()]))
    return lines + [f"| {name} | " + " | ".join(cells) + " |" for name, cells in rows]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mat2", default="mat2", help="the program, if it is installed")
    parser.add_argument("--only", default="", help="files whose name begins so")
    parser.add_argument("--without", default="", help="parts to leave out: verify,certify,peers")
    options = parser.parse_args(arguments)
    print(f"{machine.line()}\n", flush=True)
    files = samples(options.folder, options.only)
    without = options.without.split(",")
    if "verify" not in without:
        print("\n".join(["### What verify finds", "", *verify_table(files), ""]), flush=True)
    ours = [sample for sample in files if is_ours(sample)]
    had = {sample.name: families_in(left_in(sample.data)) for sample in ours}
    tools: dict[str, Left] = {}
    if "certify" not in without:
        tools["indelible certify"] = Left()
        lines = certify_all(ours, tools["indelible certify"], had)
        print("\n".join(["### What certify accepts", "", *lines, ""]), flush=True)
    if "peers" not in without:
        peers_all(ours, tools, had, options.mat2)
    if tools:
        print("\n".join(["### What is left", "", *survival_table(tools)]), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
