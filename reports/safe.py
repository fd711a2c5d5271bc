"""The one choke point: what may be printed in a report.

Renderer and exporters print `Safe` values and nothing else. A `Safe` is a code of a closed list, a bounded number, a digest of
an object of **ours**, a neutral alias, a text from our own table, or a picture that may be published. There is no way to make
one from a text, bytes or an array that somebody hands over, so a new sink cannot forget the rule.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any, Final, final

from indelible.reports import statement as closed
from indelible.reports.english import ENGLISH
from indelible.reports.pictures import published_uri, reconstruction_uris, tile_uri
from indelible.reports.strict import MAX_INTEGER, canonical, validate

_TOKEN: Final = object()

#: What an unlisted code reads as.
_UNLISTED = "other"

_FORMS: Final = {
    "alias": closed.ALIAS,
    "digest": closed.DIGEST,
    "run": closed.RUN_ID,
    "urn": closed.UUID_URN,
    "version": closed.VERSION,
    "codec": closed.CODEC,
    "channel": closed.CHANNEL,
    "rule": closed.RULE_ID,
    "check": closed.VERSIONED_CHECK,
    "check_id": closed.CHECK_ID,
    "region": closed.REGION_ID,
    "row": closed.ROW_ID,
    "control": closed.CONTROL_ID,
    "structure": closed.STRUCTURE,
    "detector": closed.DETECTOR,
    "policy": closed.POLICY_ID,
    "suite": closed.SUITE_ID,
    "media_type": closed.MEDIA_TYPE,
    "moment": closed.MOMENT,
    "decimal": closed.DECIMAL,
    "link": closed.LINK,
}


@final
class Safe:
    """A value that may be printed. Made by the functions of this module only."""

    __slots__ = ("_text", "kind")

    def __init__(self, token: object, kind: str, text: str) -> None:
        if token is not _TOKEN:
            raise TypeError("a Safe value is made by the functions of indelible.reports.safe")
        self.kind = kind
        self._text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Safe) and (self.kind, self._text) == (other.kind, other._text)

    def __hash__(self) -> int:
        return hash((self.kind, self._text))

    def __str__(self) -> str:
        raise TypeError("print a Safe value through printed()")

    def __repr__(self) -> str:
        return f"Safe({self.kind})"


def printed(value: object) -> str:
    """The text of a `Safe` value; anything else raises TypeError, whatever it is."""
    if not isinstance(value, Safe):
        raise TypeError(f"a report prints Safe values only, not {type(value).__name__}")
    return value._text


def code(value: object, allowed: type[Enum] | Collection[str]) -> Safe:
    """One member of a closed list, as its code. Raises ValueError for anything else."""
    members = {member.value for member in allowed} if isinstance(allowed, type) else set(allowed)
    if not isinstance(value, str) or value not in members:
        raise ValueError("not a code of its closed list")
    return Safe(_TOKEN, "code", str.__str__(value) if not isinstance(value, Enum) else str(value.value))


def form(name: str, value: object) -> Safe:
    """A value of one of the closed forms (digest, alias, version, ...). Raises ValueError for anything else."""
    if not isinstance(value, str) or not _FORMS[name].fullmatch(value):
        raise ValueError(f"not a {name} of its closed form")
    return Safe(_TOKEN, name, value)


def moment(value: object) -> Safe:
    """A moment of the certificate, to be read by people: ``2026-11-23 03:00 UTC``."""
    day, _, time = printed(form("moment", value)).partition("T")
    return Safe(_TOKEN, "moment", f"{day} {time[:5]} UTC")


def number(value: object, most: int = MAX_INTEGER) -> Safe:
    """A whole number from 0 to ``most``."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError("not a whole number in its bounds")
    return Safe(_TOKEN, "number", str(value))


def words(key: str, *values: Safe) -> Safe:
    """A text of our own table, `values` put into its places. Raises KeyError for an unknown key."""
    return Safe(_TOKEN, "words", ENGLISH[key].format(*(printed(value) for value in values)))


def words_for(group: str, value: str, otherwise: str = _UNLISTED) -> Safe:
    """The text of a code of a group (``why``, ``rule``, ...); a code that the table does not list reads as ``otherwise``."""
    key = f"{group}.{value}"
    return words(key if key in ENGLISH else f"{group}.{otherwise}")


def words_or(key: str, otherwise: str) -> Safe:
    """The text of ``key`` if the table has it, else the text of ``otherwise``."""
    return words(key if key in ENGLISH else otherwise)


def listed(values: Collection[Safe], most: int = 24) -> Safe:
    """Values with commas between them; beyond ``most``, how many more."""
    items = list(values)
    shown = [printed(value) for value in items[:most]]
    if len(items) > most:
        shown.append(printed(words("list.more", number(len(items) - most))))
    return Safe(_TOKEN, "list", ", ".join(shown))


def certificate(statement: Mapping[str, Any]) -> Safe:
    """The certificate's canonical JSON. Raises `CertificateInvalid` if it does not follow the schema's closed lists."""
    validate(statement)
    return Safe(_TOKEN, "certificate", canonical(statement).decode("utf-8"))


def digest_of(value: Safe) -> Safe:
    """SHA-256 of a printed value of ours, such as the certificate."""
    return Safe(_TOKEN, "digest", hashlib.sha256(printed(value).encode("utf-8")).hexdigest())


def published(statement: Mapping[str, Any], data: object) -> Safe | None:
    """The published file's pixels as a data URI, or None.

    None unless the verdict is a passing one **and** the bytes are those that the certificate is about: what is refused or
    undecided may still be readable, and any other picture is not ours to show.
    """
    if not isinstance(data, bytes):
        return None
    uri = published_uri(statement, data)
    return None if uri is None else Safe(_TOKEN, "picture", uri)


def reconstructions(statement: Mapping[str, Any], data: object) -> tuple[list[tuple[str, Safe, Safe]], int]:
    """Resisted regions as published and as reconstructed from the published file alone, and how many more there are.

    None unless the file may be shown, and none of a region that any attack came through.
    """
    if not isinstance(data, bytes):
        return [], 0
    shown, more = reconstruction_uris(statement, data)
    return [(name, Safe(_TOKEN, "picture", one), Safe(_TOKEN, "picture", other)) for name, one, other in shown], more


def tile(name: str) -> Safe:
    """One synthetic content of the swap test as a data URI. Raises KeyError for an unknown name."""
    return Safe(_TOKEN, "picture", tile_uri(name))
