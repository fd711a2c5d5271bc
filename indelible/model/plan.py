"""The redaction plan: every decision about one image, as a file that a person can read and edit.

Same plan, same file, same version: the same bytes. The plan belongs to the controller: it carries the original's digest and
never travels with a certificate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

from indelible.model.geometry import Box, Region
from indelible.model.vocabulary import Kind

PLAN_SCHEMA = "indelible/plan/1"
MAX_REDACTIONS = 20_000

_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_COLOR = re.compile(r"#[0-9a-f]{6}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SOURCE = re.compile(r"[ -~]{1,80}")


class State(StrEnum):
    """What a person decided. Undecided is redacted: a missed face is a leak, an extra box is a nuisance."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


class FillStyle(StrEnum):
    """How a region is removed."""

    SOLID = "solid"
    MOSAIC = "mosaic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The file a plan was made for."""

    sha256: str
    width: int
    height: int
    frames: int = 1

    def __post_init__(self) -> None:
        if not _DIGEST.fullmatch(self.sha256):
            raise ValueError("source.sha256: 64 lower-case hexadecimal digits")
        if min(self.width, self.height, self.frames) < 1:
            raise ValueError("source: width, height and frames are at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """One decision: what, where, how, who found it and whether it stands."""

    id: str
    kind: Kind
    region: Region
    fill: FillStyle = FillStyle.SOLID
    color: str = "#000000"
    blocks: int | None = None
    source: str = "human"
    score: float | None = None
    state: State = State.UNDECIDED
    note: str = ""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError("id: 1 to 32 letters, digits, - or _")
        if not _COLOR.fullmatch(self.color):
            raise ValueError(f"{self.id}: color: #rrggbb in lower case")
        if not _SOURCE.fullmatch(self.source):
            raise ValueError(f"{self.id}: source: printable ASCII, at most 80 characters")
        if len(self.note) > 1000:
            raise ValueError(f"{self.id}: note: at most 1000 characters")
        if self.score is not None and not (isfinite(self.score) and 0.0 <= self.score <= 1.0):
            raise ValueError(f"{self.id}: score: 0 to 1, or null")
        if (self.fill is FillStyle.MOSAIC) != (self.blocks is not None):
            raise ValueError(f"{self.id}: blocks: needed for a mosaic, and only there")
        if self.blocks is not None and not 1 <= self.blocks <= 6:
            raise ValueError(f"{self.id}: blocks: 1 to 6; finer mosaics are readable")
        if self.fill is FillStyle.MOSAIC and self.kind not in (Kind.FACE, Kind.PERSON):
            raise ValueError(f"{self.id}: fill: a mosaic is offered for people only; use solid")

    @property
    def applies(self) -> bool:
        """Whether the region is removed: anything that nobody rejected."""
        return self.state is not State.REJECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactionPlan:
    """Every decision about one image."""

    source: Source
    policy: str
    redactions: tuple[Redaction, ...]

    def __post_init__(self) -> None:
        if len(self.redactions) > MAX_REDACTIONS:
            raise ValueError(f"redactions: at most {MAX_REDACTIONS}")
        ids = [item.id for item in self.redactions]
        if len(set(ids)) != len(ids):
            raise ValueError("redactions: an id is used twice")
        for item in self.redactions:
            if not item.region.box.inside(self.source.width, self.source.height):
                raise ValueError(f"{item.id}: box: outside the picture")
            if item.region.frame >= self.source.frames:
                raise ValueError(f"{item.id}: frame: the picture has fewer frames")

    @property
    def applied(self) -> tuple[Redaction, ...]:
        """The redactions that stand, in plan order."""
        return tuple(item for item in self.redactions if item.applies)

    def to_dict(self) -> dict[str, Any]:
        """The contract's object."""
        return {
            "schema": PLAN_SCHEMA,
            "source": {
                "sha256": self.source.sha256,
                "width": self.source.width,
                "height": self.source.height,
                "frames": self.source.frames,
            },
            "policy": self.policy,
            "redactions": [_redaction_to_dict(item) for item in self.redactions],
        }

    @classmethod
    def from_dict(cls, untrusted: Any) -> RedactionPlan:
        """From a parsed plan file. Raises ValueError naming the field that is wrong."""
        document = _object(untrusted, "plan", {"schema", "source", "policy", "redactions"})
        if document.get("schema") != PLAN_SCHEMA:
            raise ValueError(f"schema: this version reads {PLAN_SCHEMA}")
        source = _object(document.get("source"), "source", {"sha256", "width", "height", "frames"})
        items = document.get("redactions")
        if not isinstance(items, list):
            raise ValueError("redactions: a list")
        return cls(
            source=Source(
                sha256=_text(source, "sha256"),
                width=_whole(source, "width"),
                height=_whole(source, "height"),
                frames=_whole(source, "frames", 1),
            ),
            policy=_text(document, "policy", "public"),
            redactions=tuple(_redaction_from_dict(item) for item in items),
        )


def _redaction_to_dict(item: Redaction) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": item.id,
        "kind": item.kind.value,
        "frame": item.region.frame,
        "box": item.region.box.to_list(),
        "fill": item.fill.value,
        "color": item.color,
        "source": item.source,
        "score": item.score,
        "state": item.state.value,
        "note": item.note,
    }
    if item.blocks is not None:
        document["blocks"] = item.blocks
    return document


def _redaction_from_dict(untrusted: Any) -> Redaction:
    known = {"id", "kind", "frame", "box", "fill", "color", "blocks", "source", "score", "state", "note"}
    item = _object(untrusted, "redaction", known)
    name = _text(item, "id")
    box = item.get("box")
    if not isinstance(box, list) or len(box) != 4:
        raise ValueError(f"{name}: box: [x, y, width, height]")
    score = item.get("score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
        raise ValueError(f"{name}: score: 0 to 1, or null")
    try:
        return Redaction(
            id=name,
            kind=Kind(_text(item, "kind")),
            region=Region(box=Box.from_list(box), frame=_whole(item, "frame", 0)),
            fill=FillStyle(_text(item, "fill", "solid")),
            color=_text(item, "color", "#000000"),
            blocks=None if item.get("blocks") is None else _whole(item, "blocks"),
            source=_text(item, "source", "human"),
            score=None if score is None else float(score),
            state=State(_text(item, "state", "undecided")),
            note=_text(item, "note", ""),
        )
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}" if not str(problem).startswith(name) else str(problem)) from None


def _object(untrusted: Any, name: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(untrusted, dict):
        raise ValueError(f"{name}: an object")
    unknown = sorted(set(untrusted) - known)
    if unknown:
        raise ValueError(f"{name}: unknown field")
    return untrusted


def _text(item: Mapping[str, Any], field: str, default: str | None = None) -> str:
    value = item.get(field, default)
    if not isinstance(value, str):
        raise ValueError(f"{field}: text")
    return value


def _whole(item: Mapping[str, Any], field: str, default: int | None = None) -> int:
    value = item.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{field}: a whole number")
    return value
