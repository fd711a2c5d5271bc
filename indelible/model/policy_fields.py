"""A policy file's fields, held against what they may be, with messages that say what to write instead.

A message names the field and what it takes. It never repeats a value: a policy holds names that its owner wants removed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from indelible.model.vocabulary import Kind, Limit, Mode, TextMode

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_COLOR = re.compile(r"#[0-9a-f]{6}")
_CHOICES: Mapping[str, Collection[str]] = {
    "mode": tuple(Mode),
    "text": tuple(TextMode),
    "people": ("solid", "mosaic"),
}
_LISTS: Mapping[str, Collection[str]] = {
    "kinds": tuple(Kind),
    "switched_off": tuple(Kind),
    "accept_limits": tuple(Limit),
}
_SHARES = ("margins", "thresholds")


def check_fields(untrusted: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise ValueError with the first thing that is wrong."""
    for problem in _problems(untrusted, known):
        raise ValueError(problem)


def _problems(untrusted: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    for name in untrusted:
        if name not in known:
            yield _unknown(str(name), known)
    for name, choices in _CHOICES.items():
        if name in untrusted and untrusted[name] not in list(choices):
            yield f"{name}: one of {', '.join(choices)}"
    for name, choices in _LISTS.items():
        if name in untrusted:
            yield from _list(name, untrusted[name], choices)
    for name in _SHARES:
        if name in untrusted:
            yield from _shares(name, untrusted[name])
    if "name" in untrusted and not _matches(_NAME, untrusted["name"]):
        yield "name: 1 to 32 small letters, digits, - or _, a letter first"
    if "color" in untrusted and not _matches(_COLOR, untrusted["color"]):
        yield "color: #rrggbb in small letters, such as #000000"
    for name in ("head", "human_review"):
        if name in untrusted and not isinstance(untrusted[name], bool):
            yield f"{name}: true or false"
    blocks = untrusted.get("mosaic_blocks", 1)
    if isinstance(blocks, bool) or not isinstance(blocks, int):
        yield "mosaic_blocks: a whole number from 1 to 6"


def _list(name: str, value: object, choices: Collection[str]) -> Iterator[str]:
    if not isinstance(value, list | tuple):
        yield f'{name}: a list, such as ["{next(iter(choices))}"]'
    elif any(not isinstance(item, str) or item not in list(choices) for item in value):
        yield f"{name}: only {', '.join(choices)}"
    elif len(set(value)) != len(value):
        yield f"{name}: nothing twice"


def _shares(name: str, value: object) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{name}: a table, such as [{name}] and below it face = 0.2"
        return
    for kind, share in value.items():
        if kind not in list(Kind):
            yield f"{name}: only {', '.join(Kind)}"
        elif isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            yield f"{name}.{kind}: a number from 0 to 1"


def _unknown(name: str, known: Collection[str]) -> str:
    shown = name if _NAME.fullmatch(name) else "a name that is none"
    close = get_close_matches(name, list(known), n=1)
    return f"unknown field: {shown}" + (
        f"; did you mean {close[0]}?" if close else f"; fields: {', '.join(sorted(known))}"
    )


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
