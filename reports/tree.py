"""Nested `Safe` values to plain ones for JSON: the same choke point as on a page, for documents without a template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from indelible.reports.safe import Safe, printed


def plain(value: object) -> Any:
    """Leaves as texts, whole numbers and truth values; keys are ours. Anything but a `Safe` or a truth value raises TypeError."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    text = printed(value)
    return int(text) if isinstance(value, Safe) and value.kind == "number" else text


def json_bytes(value: object) -> bytes:
    """Indented JSON in ASCII with sorted keys: the same value, the same bytes."""
    return (json.dumps(plain(value), indent=1, sort_keys=True, ensure_ascii=True) + "\n").encode("ascii")
