"""Templates to bytes: every expression of a template passes `printed`, so that nothing but `Safe` values can be shown."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from indelible.reports.safe import Safe, printed, words

_TEMPLATES = ("report.html.j2", "index.html.j2", "parts.html.j2")


def page(template: str, values: Mapping[str, Any], running: tuple[Safe, ...] = (), below: Safe | None = None) -> bytes:
    """One self-contained page.

    Args:
        template: its file name.
        values: what it shows; every printed leaf a `Safe`.
        running: printed on top of every printed page.
        below: printed at the foot of it.
    """
    _audit(values)
    style = _read("report.css") + _running(running, below)
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    text = _environment().get_template(template).render(
        values, style=_Own(style), policy=_Own(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"),
    )  # fmt: skip
    return text.encode("utf-8")


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
