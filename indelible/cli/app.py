"""The verbs, put together. Each lies in a file of its own; a verb that does nothing yet is not offered."""

from __future__ import annotations

from typing import Annotated

import typer

from indelible.cli import (
    attack,
    certify,
    check,
    corpus,
    demo,
    detect,
    doctor,
    exit_codes,
    keys,
    models,
    plan,
    recheck,
    redact,
    report,
    verify,
)
from indelible.version import __version__

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"indelible {__version__}")
        raise typer.Exit


@app.callback(epilog=exit_codes.HELP)
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


_FILES, _MACHINE = "Files", "Machine"
app.command(rich_help_panel=_FILES)(certify.certify)
app.command(rich_help_panel=_FILES)(detect.detect)
app.command(rich_help_panel=_FILES)(plan.plan)
app.command(rich_help_panel=_FILES)(redact.redact)
app.command(rich_help_panel=_FILES)(verify.verify)
app.command(rich_help_panel=_FILES)(attack.attack)
app.command(rich_help_panel=_FILES)(report.report)
app.command(rich_help_panel=_FILES)(check.check)
app.command(rich_help_panel=_FILES)(recheck.recheck)
app.command(rich_help_panel=_MACHINE)(demo.demo)
app.add_typer(corpus.app, name="corpus", rich_help_panel=_MACHINE)
app.add_typer(keys.app, name="keys", rich_help_panel=_MACHINE)
app.add_typer(models.app, name="models", rich_help_panel=_MACHINE)
app.command(rich_help_panel=_MACHINE)(doctor.doctor)
