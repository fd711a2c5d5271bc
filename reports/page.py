"""Templates to bytes: every expression of a template passes `printed`, so that nothing but `Safe` values can be shown."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from indelible.reports.safe import Safe, form, printed, words

_TEMPLATES = ("report.html.j2", "index.html.j2", "parts.html.j2")


SHEET = "report.css"
_DATA = re.compile(r"data:image/(jpeg|png);base64,([A-Za-z0-9+/]+=*)")
_CLOSED = "base-uri 'none'; form-action 'none'"


#: Style sheets of a template beside the common one.
_SHEETS = {"index.html.j2": ("index.css",)}


def page(
    template: str,
    values: Mapping[str, Any],
    running: tuple[Safe, ...] = (),
    below: Safe | None = None,
    more: str = "",
) -> bytes:
    """One self-contained page, whose own policy names its style sheet by digest.

    Args:
        template: its file name.
        values: what it shows; every printed leaf a `Safe`.
        running: printed on top of every printed page.
        below: printed at the foot of it.
        more: style rules of our own, made for this page.
    """
    _audit(values)
    style = _style(running, below) + "".join(map(_read, _SHEETS.get(template, ()))) + more
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; {_CLOSED}"
    return _rendered(template, values, style=_Own(style), sheet=None, policy=_Own(policy))


def parted_page(
    template: str, name: str, values: Mapping[str, Any], running: tuple[Safe, ...] = (), below: Safe | None = None
) -> dict[str, bytes]:
    """The same page in files, by relative name: it works under ``default-src 'none'; img-src 'self'; style-src 'self'``.

    ``name`` is the page's own; beside it lie its style sheet and its pictures. Arguments else as `page`.
    """
    _audit(values)
    parts: dict[str, bytes] = {}
    values = _parted(values, parts, {})
    policy = f"default-src 'none'; style-src 'self'; img-src 'self'; {_CLOSED}"
    text = _rendered(template, values, style=None, sheet=_Own(SHEET), policy=_Own(policy))
    return {name: text, SHEET: _style(running, below).encode("utf-8"), **parts}


def _parted(value: Any, parts: dict[str, bytes], known: dict[Safe, Safe]) -> Any:
    """The same values, each picture taken out into a file of its own and replaced by a link to it."""
    if isinstance(value, Mapping):
        return {key: _parted(item, parts, known) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_parted(item, parts, known) for item in value)
    if not isinstance(value, Safe) or value.kind != "picture":
        return value
    if value not in known:
        found = _DATA.fullmatch(printed(value))
        if found is None:
            raise ValueError("a picture of a report is a data address")
        name = f"picture-{len(parts) + 1:02}.{'jpg' if found[1] == 'jpeg' else 'png'}"
        parts[name] = base64.b64decode(found[2], validate=True)
        known[value] = form("link", name)
    return known[value]


def _style(running: tuple[Safe, ...], below: Safe | None) -> str:
    return _read("report.css") + _running(running, below)


def _rendered(template: str, values: Mapping[str, Any], **ours: Any) -> bytes:
    return _environment().get_template(template).render(values, **ours).encode("utf-8")


def _audit(value: object) -> None:
    """Every leaf is a `Safe`, a truth value or nothing; a raw text, bytes or array raises TypeError before a line is made."""
    if value is None or isinstance(value, bool | Safe):
        return
    if isinstance(value, Mapping):
        for item in value.values():
            _audit(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _audit(item)
    else:
        printed(value)


class _Own(Markup):
    """Mark-up of ours: the style sheet and its policy, never anything from a certificate."""


def _finalize(value: object) -> object:
    if isinstance(value, _Own):
        return value
    if type(value) is Markup:  # what a macro of our own templates returned: its parts have passed already
        return value
    text = printed(value)
    if isinstance(value, Safe) and value.kind == "certificate":  # quotes need no escape in text, and they are many
        return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return text


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=DictLoader({name: _read(name) for name in _TEMPLATES}),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.clear()
    environment.globals = {"t": words}
    return environment


def _read(name: str) -> str:
    return (files("indelible.reports") / "templates" / name).read_text("utf-8")


def _running(values: tuple[Safe, ...], below: Safe | None) -> str:
    """The strip on every printed page; its values are of forms without quotes or backslashes."""
    if not values:
        return ""
    text = " · ".join(printed(value) for value in values)
    foot = "" if below is None else printed(below)
    if not (text + foot).isprintable() or any(letter in text + foot for letter in "\"'\\<>{}"):
        raise ValueError("not printable in a style sheet")
    return (
        f'@page{{@top-left{{content:"{text}"}}'
        f'@bottom-left{{content:"{foot}"}}'
        '@bottom-right{content:counter(page) " / " counter(pages)}}\n'
    )
