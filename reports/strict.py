"""Certificates as bytes: canonical on the way out, strict on the way in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import rfc8785
from jsonschema import Draft202012Validator

from indelible.errors import InputError

SCHEMA = "certificate-0.1.json"
MAX_BYTES = 8 * 1024 * 1024
#: Of an envelope, which holds a certificate in base64.
MAX_ENVELOPE_BYTES = 12 * 1024 * 1024
MAX_DEPTH = 64
MAX_INTEGER = 2**53 - 1


class CertificateInvalid(InputError):
    """The bytes are not a certificate of this version. Carries a closed code, never a value from the bytes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, "Ask for the certificate again, from whoever issued it.")

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return (type(self), (self.code, self.message))


def canonical(statement: Mapping[str, Any]) -> bytes:
    """The one byte form of a statement (RFC 8785). Raises `CertificateInvalid` on floats and huge integers."""
    _plain(statement, 0)
    return rfc8785.dumps(dict(statement))


def parse(data: bytes) -> dict[str, Any]:
    """A certificate from bytes that nobody vouches for.

    UTF-8, one value per key, no floats, bounded size, depth and integers, and every closed list of the schema.
    Raises `CertificateInvalid`.
    """
    untrusted = load(data)
    validate(untrusted)
    statement: dict[str, Any] = untrusted
    return statement


def load(data: bytes, max_bytes: int = MAX_BYTES) -> Any:
    """Strict JSON from bytes that nobody vouches for, whatever it holds. Raises `CertificateInvalid`."""
    if len(data) > max_bytes:
        raise CertificateInvalid("certificate_too_large", f"The certificate is larger than {max_bytes >> 20} MiB.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise CertificateInvalid("certificate_not_utf8", "The certificate is not UTF-8.") from None
    if _depth(text) > MAX_DEPTH:
        raise CertificateInvalid("certificate_too_deep", f"The certificate nests deeper than {MAX_DEPTH}.")
    try:
        untrusted = json.loads(
            text,
            object_pairs_hook=_once,
            parse_float=_no_float,
            parse_constant=_no_float,
            parse_int=_whole,
        )
    except CertificateInvalid:
        raise
    except (ValueError, RecursionError):
        raise CertificateInvalid("certificate_not_json", "The certificate is not strict JSON.") from None
    _plain(untrusted, 0)
    return untrusted


def validate(untrusted: Any) -> None:
    """Check an already parsed statement against the schema. Raises `CertificateInvalid` naming the place, not the value."""
    for problem in _validator().iter_errors(untrusted):
        place = "/".join(str(part) for part in problem.absolute_schema_path if str(part) in _NAMES)
        raise CertificateInvalid(
            "certificate_schema", f"The certificate does not follow its schema ({place or 'statement'})."
        )


@cache
def schema() -> dict[str, Any]:
    """The versioned JSON Schema (Draft 2020-12)."""
    document: dict[str, Any] = json.loads((files("indelible.reports") / "schema" / SCHEMA).read_text("utf-8"))
    return document


@cache
def _validator() -> Any:
    """Of a schema that is ours; that it is one is a test's business and not every check's."""
    return Draft202012Validator(schema())


_NAMES = frozenset(
    {
        "subject",
        "predicate",
        "rows",
        "controls",
        "claims",
        "limits",
        "reasons",
        "coverage",
        "plan",
        "regions",
        "verdict",
    }
    | {"environment", "policy", "suite", "interference", "leakage", "metadata", "detectors", "validity", "original"}
)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CertificateInvalid("certificate_duplicate_key", "The certificate gives one key twice.")
    return found


def _no_float(_: str) -> Any:
    raise CertificateInvalid("certificate_float", "The certificate holds a number that is not whole.")


def _whole(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        raise CertificateInvalid("certificate_integer", "The certificate holds an integer of 2^53 or more.")
    return int(digits)


#: A string, closed or not, or a bracket. The groups give nothing back: a hostile string of megabytes costs no memory.
_MARK = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def _depth(text: str) -> int:
    """Deepest nesting, or the first that is too deep; counted without recursion, so that nothing can exhaust the stack."""
    depth = deepest = 0
    for mark in _MARK.finditer(text):
        letter = text[mark.start()]
        if letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                break
        elif letter in "]}":
            depth -= 1
    return deepest


def _plain(value: Any, depth: int) -> None:
    """Only what strict JSON of ours may hold; lone surrogates are refused because they have no UTF-8 form."""
    if depth > MAX_DEPTH:
        raise CertificateInvalid("certificate_too_deep", f"The certificate nests deeper than {MAX_DEPTH}.")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise CertificateInvalid("certificate_not_utf8", "The certificate holds broken text.") from None
        if not value.isprintable():  # a pattern's $ also matches before a final line feed
            raise CertificateInvalid("certificate_not_printable", "The certificate holds a control character.")
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise CertificateInvalid("certificate_integer", "The certificate holds an integer of 2^53 or more.")
    elif isinstance(value, float):
        raise CertificateInvalid("certificate_float", "The certificate holds a number that is not whole.")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise CertificateInvalid("certificate_not_json", "A key is not text.")
            _plain(key, depth + 1)
            _plain(item, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            _plain(item, depth + 1)
    else:
        raise CertificateInvalid("certificate_not_json", "The certificate holds something that is not JSON.")
