"""``indelible keys``: the user's own signing key."""

from __future__ import annotations

import base64
import json
from typing import Annotated

import typer

from indelible.cli.show import shown
from indelible.errors import UsageError

app = typer.Typer(no_args_is_help=True, help="Make and show your own key, with which certificates are signed.")

_AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@app.command()
def new(
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Replace the private key that is there; its public key stays known as yours."),
    ] = False,
    as_json: _AsJson = False,
) -> None:
    """Make an Ed25519 key in your data folder; `certify` signs with it from now on.

    The private key never leaves its file and is never printed. Give the public key to whoever checks your certificates.

    [bold]Example[/]

    indelible keys new
    """
    from indelible.reports import keys

    _tell(keys.new(replace=replace).public_key, as_json)
    typer.echo(f"the private key lies in {shown(keys.folder())}, readable by you alone", err=True)


@app.command()
def show(as_json: _AsJson = False) -> None:
    """Print the id of your key and the public key.

    [bold]Example[/]

    indelible keys show > issuer.pub
    """
    from indelible.reports import keys

    signer = keys.signer()
    if signer is None:
        raise UsageError("key_missing", "You have no signing key.", "Make one: `indelible keys new`.")
    _tell(signer.public_key, as_json)


def _tell(public_key: bytes, as_json: bool) -> None:
    """The id goes to stderr beside a key in PEM, so that stdout is the public key's file."""
    from indelible.reports import keys

    if as_json:
        facts = {"keyId": keys.key_id(public_key), "publicKey": base64.b64encode(public_key).decode("ascii")}
        typer.echo(json.dumps(facts))
        return
    typer.echo(f"key id {keys.key_id(public_key)}", err=True)
    typer.echo(keys.public_pem(public_key).decode("ascii"), nl=False)
