"""``indelible report``: certificates as pages to read, or as documents for machines. Never computes a verdict."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from indelible.cli.show import shown
from indelible.errors import InputError, UsageError
from indelible.output import make_folder, write_file

SUFFIX = ".certificate.json"
#: Name of a run's document in a folder, without extension.
RUN = "indelible"
#: Formats that show the published file.
DRAWN = ("html", "pdf")
LAYOUTS = ("single", "split")
_PART = re.compile(r"report\.(html|css)|picture-[0-9]{2,4}\.(jpg|png)")


def report(
    certificates: Annotated[list[Path], typer.Argument(metavar="CERTIFICATE", show_default=False)],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="File, or folder. Several pages need a folder; junit, sarif and jsonl hold all certificates in one file.",
            show_default=False,
        ),
    ],
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="[html|pdf|json|jsonl|junit|sarif]", help="What to write; pdf needs Chromium installed."
        ),
    ] = "html",
    layout: Annotated[
        str,
        typer.Option(
            "--layout",
            metavar="[single|split]",
            help="html: one self-contained file, or a folder with page, style sheet and pictures for a strict policy.",
        ),
    ] = "single",
    published: Annotated[
        Path | None,
        typer.Option(
            "--file",
            metavar="PUBLISHED",
            help="The published file, shown if the certificate is its own; what lies beside the certificate is found.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write reports from certificates. It does not check who signed them: `indelible check` does.

    [bold]Examples[/]

    indelible report out/indelible-0123456789ab.certificate.json -o report.html --file out/indelible-0123456789ab.jpg

    indelible report out/*.certificate.json -o reports/

    indelible report out/*.certificate.json -o site/ --layout split

    indelible report out/indelible-0123456789ab.certificate.json -o report.pdf --format pdf

    indelible report out/*.certificate.json -o redaction.xml --format junit

    indelible report out/*.certificate.json -o redaction.sarif --format sarif
    """
    from indelible.reports.formats import FORMATS, RUN_FORMATS

    if form == "json" and output.suffix == ".jsonl":
        form = "jsonl"
    if form not in FORMATS.names():
        raise UsageError("format", "There is no such report format.", f"Formats: {', '.join(FORMATS.names())}.")
    if layout not in LAYOUTS:
        raise UsageError("layout", "There is no such layout.", f"Layouts: {', '.join(LAYOUTS)}.")
    if layout == "split" and form != "html":
        raise UsageError("layout", "Only html comes in several files.", "Leave --layout out, or write --format html.")
    if published is not None and len(certificates) > 1:
        raise UsageError("one_file", "--file goes with one certificate.", "Write the reports one by one.")
    if layout == "split":
        _split(certificates, output, published)
    elif form in RUN_FORMATS.names():
        _run(certificates, output, form)
    else:
        _pages(certificates, output, form, published)


def _pages(certificates: Sequence[Path], output: Path, form: str, published: Path | None) -> None:
    """One page for each certificate."""
    from indelible.reports.formats import render

    into_folder = len(certificates) > 1 or output.is_dir()
    targets = _targets(certificates, output, form) if into_folder else (output,)
    for path, target in zip(certificates, targets, strict=True):
        _write(target, render(form, _read(path), _published(path, published) if form in DRAWN else None), certificates)


def _split(certificates: Sequence[Path], output: Path, published: Path | None) -> None:
    """One folder for each certificate; for a single one, the folder that was named, unless it holds other things."""
    from indelible.reports.formats.html import PAGE, render_split

    if output.exists() and not output.is_dir():
        raise UsageError("layout_folder", "The layout of several files needs a folder.", "Name a folder after -o.")
    alone = len(certificates) == 1 and _is_ours(output)
    folders = (output,) if alone else _targets(certificates, output, "html", suffix="")
    if not all(map(_is_ours, folders)):
        raise UsageError("layout_folder", "A folder for a report holds other things.", "Name another folder after -o.")
    for path, folder in zip(certificates, folders, strict=True):
        files = render_split(_read(path), _published(path, published))
        make_folder(folder)
        for old in sorted(folder.iterdir()):  # a picture of an earlier report may be one that this one must not show
            if old.name not in files:
                old.unlink()
        for name in sorted(files, key=lambda name: name == PAGE):  # the page last: it never lacks what it shows
            write_file(folder / name, files[name])
        typer.echo(shown(folder / PAGE))


def _is_ours(folder: Path) -> bool:
    """Whether a folder is new, empty, or holds nothing but the files of one report."""
    return not folder.exists() or (
        folder.is_dir() and all(_PART.fullmatch(item.name) and item.is_file() for item in folder.iterdir())
    )


def _run(certificates: Sequence[Path], output: Path, form: str) -> None:
    """One document for all of them, in the order in which they were named."""
    from indelible.reports.formats import RUN_FORMATS, render_run

    target = output / f"{RUN}{RUN_FORMATS.get(form).extension}" if output.is_dir() else output
    _write(target, render_run(form, [_read(path) for path in certificates]), certificates)


def _published(certificate: Path, named: Path | None) -> bytes | None:
    """The file that was named; else the one that lies beside the certificate under its name.

    Whether it is the certificate's own, and may be shown, is decided where pictures are made, by its digest.
    """
    from indelible.errors import IndelibleError
    from indelible.formats import EXTENSIONS
    from indelible.media import read_file

    if named is not None:
        return read_file(named)
    stem = certificate.name.removesuffix(SUFFIX)
    for extension in sorted(name for names in EXTENSIONS.values() for name in names):
        path = certificate.with_name(f"{stem}{extension}")
        if path.is_file():
            with contextlib.suppress(IndelibleError):
                return read_file(path)
    return None


def _read(path: Path) -> dict[str, Any]:
    from indelible.media import Limits, read_file
    from indelible.reports.strict import parse

    return parse(read_file(path, Limits(max_bytes=64 * 1024 * 1024)))


def _write(target: Path, written: bytes, certificates: Sequence[Path]) -> None:
    if target.exists() and any(target.samefile(path) for path in certificates):
        raise UsageError("report_is_input", "The report would replace a certificate.", "Choose another name.")
    make_folder(target.parent)
    write_file(target, written)
    typer.echo(shown(target))


def _targets(certificates: Sequence[Path], folder: Path, form: str, suffix: str | None = None) -> tuple[Path, ...]:
    """A name for each certificate's report; ``suffix`` in place of the format's, for folders."""
    ending = f".{form}" if suffix is None else suffix
    names = [f"{path.name.removesuffix(SUFFIX)}.report{ending}" for path in certificates]
    if len(set(names)) != len(names):
        raise InputError("same_name", "Two certificates have one name.", "Write their reports to different folders.")
    return tuple(folder / name for name in names)
