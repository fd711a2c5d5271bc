"""``indelible corpus``: generated cases, leaky and clean, with what each must draw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indelible.errors import OutputError

app = typer.Typer(no_args_is_help=True, help="Generate cases to test a redactor or a verifier with.")


@app.callback()
def corpus() -> None:
    """Generate cases to test a redactor or a verifier with."""


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same bytes.")] = 0,
) -> None:
    """Write generated files to DIR, and DIR/expected.json with what each must draw.

    [bold]Example[/]

    indelible corpus build cases --seed 7
    """
    from indelible.corpus.build import build as build_corpus

    try:
        count = build_corpus(folder, seed)
    except OSError:
        raise OutputError("cannot_write", "The corpus cannot be written.", "Choose a folder of yours.") from None
    typer.echo(f"{count} cases")
