"""How long a certificate may be relied on: computed when it is checked, never stored in it.

Short life and renewal are the mechanism, because a list of withdrawn certificates that somebody withholds must never turn *no*
into *yes*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from indelible.model import Evidence
from indelible.reports.statement import MONTHS_BY_CONSTRUCTION, MONTHS_RESISTED

#: Clocks differ; more than this is not a matter of clocks.
SKEW = timedelta(days=1)


class Lifetime(StrEnum):
    """What the clock and the suites that the checker knows say."""

    CURRENT = "current"
    STALE = "stale"  # a newer suite is known
    EXPIRED = "expired"
    NOT_YET = "issued_in_the_future"


def moment(text: str) -> datetime:
    """An instant of a certificate. Raises ValueError for a day that does not exist."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def not_after(issued_at: datetime, evidence: Sequence[str]) -> datetime:
    """The last moment of a certificate issued at ``issued_at`` over regions with this evidence: twelve months unless every region is by
    construction; then 36. Nothing redacted counts as the shorter."""
    lasting = bool(evidence) and all(item == Evidence.BY_CONSTRUCTION for item in evidence)
    months = issued_at.month - 1 + (MONTHS_BY_CONSTRUCTION if lasting else MONTHS_RESISTED)
    return datetime(issued_at.year + months // 12, months % 12 + 1, min(issued_at.day, 28), tzinfo=UTC)


def follows(body: Mapping[str, Any]) -> str | None:
    """A closed code if the certificate's times are impossible or promise more than its regions allow."""
    try:
        issued, until = moment(body["issuedAt"]), moment(body["validity"]["notAfter"])
        most = not_after(issued, [item["evidence"] for item in body["plan"]["regions"]])
    except (ValueError, OverflowError):
        return "moment_impossible"
    return None if issued <= until <= most else "validity_does_not_follow"


def lifetime(body: Mapping[str, Any], *, now: datetime, newest_suite: str, max_age_days: int | None = None) -> Lifetime:
    """Where a certificate stands at ``now``. A consumer may shorten its life to ``max_age_days``."""
    issued, until = moment(body["issuedAt"]), moment(body["validity"]["notAfter"])
    # differences only: a date near the ends of the calendar must not be added to
    if now > until or (max_age_days is not None and now - issued > timedelta(days=max_age_days)):
        return Lifetime.EXPIRED
    if issued - now > SKEW:
        return Lifetime.NOT_YET
    return Lifetime.STALE if body["suite"]["version"] < newest_suite else Lifetime.CURRENT
