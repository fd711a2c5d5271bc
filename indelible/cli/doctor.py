"""``indelible doctor``: what is installed, what is missing, and the command that mends it."""

from __future__ import annotations

import json

import typer

from indelible.cli import choices


def doctor(as_json: choices.AsJson = False) -> None:
    """Say what is installed and what is missing, with the command that mends it.

    Exit code 4 if something that is needed is missing.

    [bold]Example[/]

    indelible doctor
    """
    from indelible.doctor import State, examine

    marks = {State.OK: "ok", State.NOTE: "note", State.MISSING: "MISSING"}
    items = examine()
    for item in items:
        if as_json:
            typer.echo(json.dumps(item.to_dict(), ensure_ascii=True))
            continue
        typer.echo(f"{marks[item.state]:<8} {item.name:<34} {item.detail}")
        if item.remedy:
            typer.echo(f"{'':<8} {'':<34} -> {item.remedy}")
    raise typer.Exit(4 if any(item.needed and item.state is State.MISSING for item in items) else 0)
