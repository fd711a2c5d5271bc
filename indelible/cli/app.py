"""The verbs, put together. Each lies in a file of its own; a verb that does nothing yet is not offered."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from indelible.cli import exit_codes
from indelible.version import __version__

_FILES, _MACHINE = "Files", "Machine"

#: Every verb with its panel, in the order of the help. A verb's module has its name, and in it a function of its name or an
#: ``app`` of verbs below it.
VERBS = {
    "certify": _FILES,
    "detect": _FILES,
    "plan": _FILES,
    "redact": _FILES,
    "verify": _FILES,
    "attack": _FILES,
    "report": _FILES,
    "check": _FILES,
    "recheck": _FILES,
    "demo": _MACHINE,
    "corpus": _MACHINE,
    "keys": _MACHINE,
    "models": _MACHINE,
    "doctor": _MACHINE,
}


def application(arguments: Sequence[str]) -> typer.Typer:
    """The program for these arguments: with the one verb that they begin with, otherwise with all of them.

    A check should take no longer because an attack needs more packages.
    """
    asked = arguments[0] if arguments else ""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(epilog=exit_codes.HELP)(indelible)
    for verb in (asked,) if asked in VERBS else VERBS:
        module = import_module(f"indelible.cli.{verb}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=verb, rich_help_panel=VERBS[verb])
        else:
            app.command(rich_help_panel=VERBS[verb])(getattr(module, verb))
    return app


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"indelible {__version__}")
        raise typer.Exit


def indelible(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Redacts images, then examines the result and certifies what was shown, or refuses.

    [bold]Begin here[/]

    indelible doctor                        what is installed, what is missing

    indelible demo -o demo                  three pictures, certified, with their reports

    indelible certify photo.jpg -o out      find, remove, examine, certify

    Results go to stdout, everything else to stderr; --json prints one object per file.
    A name that begins with a dash stands after --.
    """
    del version
