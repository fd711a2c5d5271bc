"""``indelible report``: a certificate as a page to read, or as its canonical bytes. Never computes a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from indelible.cli.show import shown
from indelible.errors import InputError, UsageError
from indelible.output import make_folder, write_file

SUFFIX = ".certificate.json"


def report(
    certificates: Annotated[list[Path], typer.Argument(metavar="CERTIFICATE", show_default=False)],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="PATH", help="File for one certificate, folder for several.", show_default=False
        ),
    ],
    form: Annotated[str, typer.Option("--format", metavar="[html|json]", help="What to write.")] = "html",
    published: Annotated[
        Path | None,
        typer.Option(
            "--file",
            metavar="PUBLISHED",
            help="The published file, shown if the certificate is its own.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write reports from certificates.

    [bold]Examples[/]

    indelible report out/indelible-0123456789ab.certificate.json -o report.html --file out/indelible-0123456789ab.jpg

    indelible report out/*.certificate.json -o reports/
    """
    from indelible.media import Limits, read_file
    from indelible.reports.formats import FORMATS, render
    from indelible.reports.strict import parse

    if form not in FORMATS.names():
        raise UsageError("format", "There is no such report format.", f"Formats: {', '.join(FORMATS.names())}.")
    if published is not None and len(certificates) > 1:
        raise UsageError("one_file", "--file goes with one certificate.", "Write the reports one by one.")
    into_folder = len(certificates) > 1 or output.is_dir()
    targets = _targets(certificates, output, form) if into_folder else (output,)
    data = read_file(published) if published is not None else None
    for path, target in zip(certificates, targets, strict=True):
        written = render(form, parse(read_file(path, Limits(max_bytes=64 * 1024 * 1024))), data)
        if target.exists() and target.samefile(path):
            raise UsageError("report_is_input", "The report would replace its certificate.", "Choose another name.")
        make_folder(target.parent)
        write_file(target, written)
        typer.echo(shown(target))


def _targets(certificates: Sequence[Path], folder: Path, form: str) -> tuple[Path, ...]:
    names = [f"{path.name.removesuffix(SUFFIX)}.report.{form}" for path in certificates]
    if len(set(names)) != len(names):
        raise InputError("same_name", "Two certificates have one name.", "Write their reports to different folders.")
    return tuple(folder / name for name in names)
