"""Policies with a name, as data: what each demands is what stands in its file. Users' own files have the same form."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from indelible.model import Policy

#: In the order in which they are listed to users.
NAMES = ("public", "internal", "court")


@cache
def named(name: str) -> Policy:
    """One of our policies. Raises KeyError for any other name."""
    if name not in NAMES:
        raise KeyError(name)
    text = (files(__name__) / f"{name}.toml").read_text("utf-8")
    return Policy.from_dict(tomllib.loads(text))
