"""`recheck`: examine a published file again, from its bytes alone, and supersede its certificate."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from indelible.errors import UsageError, internal_error
from indelible.model import Kind, Policy, TextMode
from indelible.reports import suites, supersession
from indelible.reports.certificate import build
from indelible.reports.lifetime import moment
from indelible.reports.projection import policy_of
from indelible.reports.recompute import recompute
from indelible.verify.controls import ControlLedger
from indelible.verify.run import examine_file

Object = dict[str, Any]


def recheck(
    published: bytes,
    old: Mapping[str, Any],
    old_bytes: bytes,
    *,
    issued_at: datetime,
    certificate_id: str,
    run_id: str,
    tool_version: str,
    policy: Policy | None = None,
    public_key: bytes | None = None,
    ledger: ControlLedger | None = None,
    progress: Callable[[str], None] | None = None,
) -> Object:
    """A statement that supersedes ``old``, by the suite of this version.

    Args:
        published: the certified file's bytes; their digest has to be the certificate's, which the caller has checked.
        old: the certificate, parsed and checked (`check`).
        old_bytes: its canonical bytes.
        issued_at: with a time zone.
        certificate_id: of the new certificate.
        run_id: hexadecimal.
        tool_version: our version.
        policy: the policy of the first examination, if it was a user's own. Raises `UsageError` if it is another.
        public_key: of whoever will seal the new certificate.
        ledger: controls of this process.
        progress: called with the id of each check.
    """
    body = old["predicate"]
    examination, carried = supersession.merged(
        examine_file(
            published,
            policy=_policy(body["policy"], policy),
            regions=supersession.regions_of(old),
            ledger=ledger,
            progress=progress,
        ),
        old,
    )
    built = build(
        examination,
        alias=old["subject"][0]["name"],
        issued_at=issued_at,
        certificate_id=certificate_id,
        run_id=run_id,
        tool_version=tool_version,
        public_key=public_key,
    )
    reason = supersession.why(
        old, now=issued_at, until=moment(body["validity"]["notAfter"]), newest_suite=suites.newest()
    )
    digest = hashlib.sha256(old_bytes).hexdigest()
    statement = supersession.carry(built, old, carried, digest=digest, reason=reason)
    if recompute(statement):
        raise internal_error()  # a certificate that contradicts itself is never written
    return statement


def _policy(stated: Mapping[str, Any], given: Policy | None) -> Policy:
    """The policy of the certificate: the one that was handed over if it has the certificate's digest, else by its kinds."""
    if given is not None:
        if policy_of(given)["digest"] != stated["digest"]:
            raise UsageError(
                "policy_is_another",
                "The policy is not the one of the certificate.",
                "Name the policy of the first run.",
            )
        return given
    return Policy(
        kinds=tuple(Kind(kind) for kind in stated["kinds"]), text=TextMode(stated["text"]), people=stated["people"]
    )
