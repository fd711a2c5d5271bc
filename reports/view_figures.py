"""The drawn parts of a page, as whole numbers for inline SVG: legend, reconstructions, rank against gallery size, the census.

Every figure has its numbers beside it as text. Leaves are `Safe`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from indelible.model import Evidence, Kind
from indelible.reports import derive
from indelible.reports.safe import Safe, code, form, listed, number, reconstructions, words
from indelible.reports.statement import BUCKETS

View = dict[str, Any]

#: Drawing area of the rank chart, in the units of its view box: left, top, right, bottom.
_LEFT, _TOP, _RIGHT, _BOTTOM = 56, 16, 540, 270
_GRID = ("0.00", "0.25", "0.50", "0.75", "1.00")
#: Least distance between two labels at the end of the lines.
_LABEL_PX = 19
#: Length of a bar of the census, by bucket, out of 100.
_BARS = {"1": 8, "1-9": 24, "2-9": 24, "10-50": 60, "50+": 100}
_MOST_GROUPS = 60


def legend_view(body: Mapping[str, Any]) -> list[tuple[Safe, Safe]]:
    """What the outlines mean: the strengths that this file has, as code and word."""
    present = {item["evidence"] for item in body["plan"]["regions"] if not item["frame"]}
    return [(code(item, Evidence), words(f"legend.{item.value}")) for item in Evidence if item.value in present]


def reconstruction_view(statement: Mapping[str, Any], data: bytes | None) -> View | None:
    """Resisted regions beside what the published file alone gives back of them; None where nothing may be shown."""
    pairs, more = reconstructions(statement, data)
    if not pairs:
        return None
    return {
        "pairs": [
            {
                "id": form("region", name),
                "published": one,
                "made": other,
                "published_alt": words("recon.published_alt", form("region", name)),
                "made_alt": words("recon.made_alt", form("region", name)),
            }
            for name, one, other in pairs
        ],
        "more": words("recon.more", number(more)) if more else None,
    }


@cache
def _record() -> Mapping[str, Any]:
    record: dict[str, Any] = json.loads((files("indelible.reports") / "calibration.json").read_text("ascii"))
    return record


def rank_view(body: Mapping[str, Any]) -> View | None:
    """Rank 1 against the size of the gallery, as measured apart from this file; only where a person is under a mosaic."""
    if not any(
        item["method"].startswith("mosaic/") and item["kind"] in (Kind.FACE, Kind.PERSON)
        for item in body["plan"]["regions"]
    ):
        return None
    record = _record()
    sizes = [point["gallery"] for point in record["curves"][0]["points"]]
    across = {size: _between(place, len(sizes) - 1, _LEFT, _RIGHT) for place, size in enumerate(sizes)}
    lines = [_line(curve, across, place) for place, curve in enumerate(record["curves"])]
    chance = [(across[size], _height(1 / size)) for size in sizes]
    _spread([*lines, guess := {"name": words("rank.chance"), "end": chance[-1][1]}])
    last = [
        words("rank.at", item["name"], form("decimal", item["points"][-1]["rate"]))
        for item in [{"name": line["name"], **curve} for line, curve in zip(lines, record["curves"], strict=True)]
    ]
    return {
        "lead": words(
            "rank.lead", form("check_id", record["attack"]), number(record["probes"]), number(record["people"])
        ),
        "alt": words("rank.alt", number(sizes[-1]), listed(last)),
        "left": number(_LEFT),
        "right": number(_RIGHT),
        "label": number(_RIGHT + 10),
        "bottom": number(_BOTTOM),
        "below": number(_BOTTOM + 20),
        "middle": number((_LEFT + _RIGHT) // 2),
        "grid": [(number(_height(float(share))), form("decimal", share)) for share in _GRID],
        "ticks": [(number(across[size]), number(size)) for size in sizes],
        "lines": [
            {
                "rank": number(place),
                "name": line["name"],
                "label": number(line["label"]),
                "parts": _parts(line["places"]),
                "dots": [(number(x), number(y)) for x, y in line["places"]],
            }
            for place, line in enumerate(lines)
        ],
        "chance": {"parts": _parts(chance), "name": guess["name"], "label": number(guess["label"])},
        "sizes": [number(size) for size in sizes],
        "table": [
            (
                line["name"],
                [
                    words("rank.bounds", *(form("decimal", point[name]) for name in ("rate", "low", "high")))
                    for point in curve["points"]
                ],
            )
            for line, curve in zip(lines, record["curves"], strict=True)
        ],
        "digest": form("digest", derive.digest(record)["sha256"]),
    }


def _line(curve: Mapping[str, Any], across: Mapping[int, int], place: int) -> View:
    places = [(across[point["gallery"]], _height(float(point["rate"]))) for point in curve["points"]]
    blocks = curve["blocks"]
    name = words("rank.solid") if blocks is None else words("rank.blocks", number(blocks))
    return {"name": name, "places": places, "end": places[-1][1]}


def _spread(lines: list[View]) -> None:
    """Labels at the end of the lines, moved apart where they would lie on one another."""
    lowest = -_LABEL_PX
    for line in sorted(lines, key=lambda line: int(line["end"])):
        line["label"] = lowest = max(int(line["end"]) + 5, lowest + _LABEL_PX)


def _parts(places: list[tuple[int, int]]) -> list[tuple[Safe, Safe, Safe, Safe]]:
    return [
        (number(x1), number(y1), number(x2), number(y2)) for (x1, y1), (x2, y2) in zip(places, places[1:], strict=False)
    ]


def _between(place: int, last: int, low: int, high: int) -> int:
    return low + round((high - low) * place / max(1, last))


def _height(share: float) -> int:
    return _BOTTOM - round((_BOTTOM - _TOP) * share)


def before_after_view(body: Mapping[str, Any]) -> list[View]:
    """Every group of metadata that the original had or the file has: how much there was, and whether it is there now."""
    removed, left = body["metadata"]["removed"], set(body["metadata"]["left"])
    compared = body["original"]["given"]
    shown = []
    for name in sorted({*removed, *left})[:_MOST_GROUPS]:
        count = removed.get(name)
        shown.append(
            {
                "name": form("structure", name),
                "count": code(count, BUCKETS)
                if count is not None
                else words("census.was_none" if compared else "census.not_compared"),
                "bar": number(_BARS[count]) if count is not None else None,
                "now": words("census.stays" if name in left else "census.gone"),
                "left": name in left,
            }
        )
    return shown
