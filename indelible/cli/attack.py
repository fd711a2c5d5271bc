"""``indelible attack``: try to read what a redaction hides."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from indelible.cli import choices
from indelible.cli.show import shown
from indelible.errors import UsageError

_HOW = "How to attack"

File = Annotated[Path, typer.Argument(metavar="FILE", help="An image that somebody redacted.", show_default=False)]
Regions = Annotated[
    list[str] | None,
    typer.Option(
        "--region",
        metavar="X,Y,W,H",
        help="A place to attack, in upright pixels; may be given again. Without it, places are searched for.",
        show_default=False,
    ),
]
Method = Annotated[
    list[str] | None,
    typer.Option(
        "--method",
        metavar="NAME",
        help="Only this attack; may be given again.",
        rich_help_panel=_HOW,
        show_default=False,
    ),
]
Seconds = Annotated[
    float,
    typer.Option(
        "--budget", metavar="SECONDS", min=1.0, help="Longest time per attack and region.", rich_help_panel=_HOW
    ),
]
Reveal = Annotated[
    bool,
    typer.Option(
        "--reveal", help="Print what was read. It is personal data: mind where it goes.", rich_help_panel=_HOW
    ),
]
Gallery = Annotated[
    Path | None,
    typer.Option(
        "--gallery",
        metavar="DIR",
        help="Clear faces to compare with: one folder or file name per person.",
        rich_help_panel=_HOW,
        show_default=False,
    ),
]
Candidates = Annotated[
    Path | None,
    typer.Option(
        "--candidates", metavar="FILE", help="Texts that the hidden one may be, one per line.", rich_help_panel=_HOW, show_default=False,
    ),
]  # fmt: skip

_STYLES = {"broken": "bold red", "held": "bold green", "inconclusive": "bold magenta", "error": "bold red"}


def attack(
    file: File,
    region: Regions = None,
    method: Method = None,
    budget: Seconds = 120.0,
    reveal: Reveal = False,
    gallery: Gallery = None,
    candidates: Candidates = None,
    as_json: choices.AsJson = False,
) -> None:
    """Attack the redacted places of an image: read mosaics and blurs, see through covers, undo warps, restore tails.

    One line per place and attack. "held" means that the attack explained the place, did all it had planned and got no further than
    chance; "inconclusive" that it cannot tell, which is no praise. What was read is printed with --reveal only.
    Exit codes: 30 if anything was broken, 20 if anything is undecided, 0 otherwise.

    [bold]Examples[/]

    indelible attack screenshot.png

    indelible attack screenshot.png --region 40,120,200,32 --method mosaic_text --reveal

    indelible attack party.jpg --gallery people/ --json
    """
    from indelible import api

    console = Console(stderr=True)
    watched = console.is_terminal
    with console.status("searching") if watched else _silent() as status:
        result = api.attack(
            file,
            regions=None if region is None else [choices.box_of(item, "--region") for item in region],
            methods=method,
            budget=budget,
            reveal=reveal,
            gallery=gallery,
            candidates=_lines(candidates),
            progress=(lambda name: status.update(name)) if watched else None,
        )
    out = Console(highlight=False, soft_wrap=True)
    lines = result.to_lines()
    for line in lines:
        if as_json:
            typer.echo(json.dumps(line, ensure_ascii=True, separators=(",", ":")))
        else:
            out.print(_shown(line))
    if not lines and not as_json:
        out.print(Text(f"{shown(os.fspath(file))}: nothing in it looks redacted"))
    raise typer.Exit(result.exit_code)


class _silent:
    """A status line that nobody sees."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, name: str) -> None:
        """Nothing."""


def _lines(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return ()
    from indelible.media import Limits, read_file

    try:
        text = read_file(path, Limits(max_bytes=8 * 1024 * 1024)).decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("candidates", "The file of candidates is not text in UTF-8.", "Save it as UTF-8.") from None
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _shown(line: dict[str, Any]) -> Text:
    place = "whole file" if line["region"] is None else ",".join(map(str, line["region"]))
    text = Text()
    text.append(f"{line['outcome']:<13}", style=_STYLES.get(line["outcome"], ""))
    text.append(f"{line['method']:<18} {place:<22} {line['seconds']:.1f} s")
    if line["why"]:
        text.append(f"  {line['why']}", style="dim")
    for guess in line["guesses"]:
        text.append(f"\n    {guess['posterior']:.2f}  {shown(guess['text'])}")
    return text
