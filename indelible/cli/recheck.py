"""``indelible recheck``: examine a published file again, by the suite of today, and supersede its certificate."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from indelible.cli import choices
from indelible.cli.check import CERTIFICATE, ENVELOPE, read_bundle
from indelible.cli.show import shown
from indelible.errors import InputRefused


def recheck(
    published: Annotated[Path, typer.Argument(metavar="FILE", help="The published file.", show_default=False)],
    certificate: Annotated[
        Path, typer.Option("--certificate", metavar="C", help="Its certificate.", show_default=False)
    ],
    output: choices.Out,
    issuer: Annotated[
        Path | None,
        typer.Option(
            "--issuer", metavar="PUBKEY", help="Who signed the certificate; without it, you.", show_default=False
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="Private key to sign with; without it, yours.", show_default=False),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option("--policy", metavar="NAME|FILE", help="The policy of the first run.", show_default=False),
    ] = None,
    accept_limits: choices.AcceptLimits = False,
) -> None:
    """Write a certificate that supersedes an older one, from the published file alone.

    What needed the original is carried over; everything else is examined again.

    [bold]Example[/]

    indelible recheck out/NAME.jpg --certificate out/NAME.certificate.json -o renewed
    """
    from indelible.media import read_file
    from indelible.output import check_free, make_folder, write_file
    from indelible.reports import check as checks
    from indelible.reports import keys
    from indelible.reports.certificate import canonical, parse, seal
    from indelible.reports.formats import render
    from indelible.reports.recheck import recheck as examine_again
    from indelible.reports.supersession import statement_bytes
    from indelible.version import __version__

    data = read_file(published)
    bundle = read_bundle(certificate, published=published)
    now = datetime.now(UTC).replace(microsecond=0)
    trust = checks.Trust(pinned=None if issuer is None else keys.load_public(issuer), own=keys.own_public_keys())
    result = checks.check(bundle, trust=trust, now=now)
    unsigned = "unsigned" in result.reasons
    if result.state is checks.State.INVALID or set(result.reasons) - {"unsigned", "expired", "stale"}:
        raise _refused()
    signer = None if unsigned else keys.signer(key)  # nobody signs what somebody unknown said
    old = bundle.certificate
    payload = statement_bytes(old)
    statement = examine_again(
        data,
        parse(payload),
        payload,
        issued_at=now,
        certificate_id=f"urn:uuid:{uuid.uuid4()}",
        run_id=secrets.token_hex(32),
        tool_version=__version__,
        policy=None if policy is None else choices.policy_of(policy),
        public_key=None if signer is None else signer.public_key,
    )
    name = certificate.name.removesuffix(CERTIFICATE).removesuffix(ENVELOPE)
    make_folder(output)
    target = output / f"{name}{CERTIFICATE}"
    written = canonical(statement)
    check_free(target, written, source=certificate)
    write_file(target, written)
    if signer is not None:
        write_file(output / f"{name}{ENVELOPE}", seal(statement, signer))
    write_file(output / f"{name}.report.html", render("html", statement, data))
    word = statement["predicate"]["verdict"]
    typer.echo(f"{word.replace('_', ' ')}  {shown(target)}")
    codes = {"certified": 0, "certified_with_limits": 0 if accept_limits else 10, "inconclusive": 20, "refused": 30}
    raise typer.Exit(codes[word])


def _refused() -> InputRefused:
    error = InputRefused(
        "certificate_does_not_hold",
        "The certificate does not hold, or nobody known vouches for it: there is nothing to carry over.",
        "See `indelible check`; name who signed it with --issuer.",
    )
    error.exit_code = 30
    return error
