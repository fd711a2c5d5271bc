"""``indelible check``: a certificate checked offline, for whoever receives it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indelible.cli.show import shown
from indelible.errors import InputError, UsageError

if TYPE_CHECKING:
    from indelible.reports import check as checks

CERTIFICATE, ENVELOPE = ".certificate.json", ".certificate.dsse"


def check(
    certificate: Annotated[
        Path,
        typer.Argument(
            metavar="CERTIFICATE",
            help="NAME.certificate.json, its envelope beside it, or the envelope itself.",
            show_default=False,
        ),
    ],
    published: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="The published file: is it the certified one?", show_default=False),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key", metavar="PUBKEY", help="The issuer's public key; without it, your own.", show_default=False
        ),
    ] = None,
    proof: Annotated[
        Path | None,
        typer.Option("--proof", metavar="FILE", help="NAME.proof.json: is it one of its run?", show_default=False),
    ] = None,
    previous: Annotated[
        Path | None,
        typer.Option(
            "--previous", metavar="FILE", help="The certificate that this one supersedes.", show_default=False
        ),
    ] = None,
    original: Annotated[
        Path | None,
        typer.Option(
            "--original", metavar="FILE", help="The original, with --link: was it this one?", show_default=False
        ),
    ] = None,
    link: Annotated[
        Path | None,
        typer.Option("--link", metavar="FILE", help="private/NAME.link.json of the run.", show_default=False),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="MOMENT", help="As of YYYY-MM-DD; by default now.", show_default=False),
    ] = None,
    max_age: Annotated[
        int | None,
        typer.Option("--max-age", metavar="DAYS", min=0, max=36_500, help="Let it expire earlier.", show_default=False),
    ] = None,
    accept_limits: Annotated[
        bool, typer.Option("--accept-limits", help="Exit 0 instead of 10 where the only fault is a limit.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Check a certificate offline: signature, digest of the file, recomputed verdict, proof, age.

    Exit code 30 when something does not hold, 20 when nobody known vouches for it or it has expired, otherwise the verdict's.

    [bold]Examples[/]

    indelible check out/NAME.certificate.json --file out/NAME.jpg --key issuer.pub

    indelible check NAME.certificate.dsse --key issuer.pub --json
    """
    from indelible.reports import check as checks
    from indelible.reports import check_words, keys

    if (original is None) != (link is None):
        raise UsageError("link_alone", "--original and --link go together.", "Name both files.")
    now = _moment(at)
    bundle = read_bundle(certificate, published=published, proof=proof, previous=previous)
    error = None
    try:
        trust = checks.Trust(pinned=None if key is None else keys.load_public(key), own=keys.own_public_keys())
    except keys.KeyRefused as problem:  # a check against a key that is none has not succeeded
        result, error = checks.rejected(problem.code, bundle), problem.to_dict()
    else:
        result = checks.check(bundle, trust=trust, now=now, max_age_days=max_age)
    code = result.exit_code(accept_limits=accept_limits)
    document = {"certificate": str(certificate), **result.to_dict(), "error": error}
    if original is not None and link is not None:
        document["original"] = _linked(result, original, link)
        code = 30 if document["original"] != "matches" else code
    if as_json:
        typer.echo(json.dumps(document, ensure_ascii=True))
        raise typer.Exit(code)
    typer.echo(f"{result.state.value:<14}{shown(certificate)}")
    for line in check_words.told(document):
        typer.echo(f"    {line}")
    raise typer.Exit(code)


def read_bundle(
    certificate: Path, *, published: Path | None = None, proof: Path | None = None, previous: Path | None = None
) -> checks.Bundle:
    """The files of one check; the envelope is the one beside the certificate. Raises `InputError`."""
    from indelible.reports import check as checks

    data = _read(certificate)
    assert data is not None
    return checks.Bundle(
        certificate=data,
        envelope=_read(_beside(certificate)),
        file_sha256=None if published is None else _sha256(published),
        proof=_read(proof),
        previous=_read(previous),
    )


def _read(path: Path | None) -> bytes | None:
    """At most one byte more than is allowed: what is too large is told by the check, not by the reader."""
    from indelible.reports.strict import MAX_ENVELOPE_BYTES

    if path is None:
        return None
    try:
        if path.is_file():
            with path.open("rb") as stream:
                return stream.read(MAX_ENVELOPE_BYTES + 1)
    except OSError:
        pass
    raise InputError("unreadable", "The certificate, or a file beside it, cannot be read.", "Check the names.")


def _beside(certificate: Path) -> Path | None:
    """The envelope beside a certificate, if it is there."""
    if not certificate.name.endswith(CERTIFICATE):
        return None
    path = certificate.with_name(certificate.name.removesuffix(CERTIFICATE) + ENVELOPE)
    return path if path.exists() else None


def _sha256(path: Path) -> str:
    """The digest of a file of any size or kind: whether it is a picture is not asked here."""
    import hashlib

    try:
        if path.is_file():
            with path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        pass
    raise InputError("unreadable", "The published file cannot be read.", "Check the name.")


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("moment", "--at is not a moment.", "Write 2026-11-23, or 2026-11-23T03:00:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _linked(result: checks.CheckResult, original: Path, link: Path) -> str:
    """``matches``, ``differs`` or ``no_commitment``."""
    from indelible.media import read_file
    from indelible.reports import commitment

    stated = result.body["original"]["commitment"] if result.body is not None else None
    if stated is None:
        return "no_commitment"
    key = commitment.read_link(link)
    return "matches" if commitment.opens(stated["value"], read_file(original), key) else "differs"
