"""Rank 1 against the size of the gallery, written as ``reports/calibration.json``: by hand.

``python benchmarks/rank_calibration.py IDENTITIES``: labelled portraits, one of each person in the gallery, the others as probes. A
smaller gallery is every gallery of that size at once: a probe whose person comes ``r``-th among ``n`` is first among ``g`` with the
chance that none of the ``r - 1`` before it is drawn.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any

from attack_faces import FILTERS, labelled, measure, mosaic

from indelible.attacks.face_rank import RankCurve
from indelible.attacks.scoring import lower_bound, upper_bound

TARGET = Path(__file__).resolve().parents[1] / "reports" / "calibration.json"
BLOCKS = (16, 8, 4, 3)
GALLERIES = (2, 3, 5, 10, 15, 20)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("identities", type=Path)
    parser.add_argument("--prefix", default="orl")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, default=180)
    given = parser.parse_args(arguments)
    pictures = labelled(given.identities, given.prefix)
    curves: list[dict[str, Any]] = []
    for blocks in (*BLOCKS, None):
        name = "solid" if blocks is None else f"mosaic {blocks} across"
        if blocks is not None:
            FILTERS.setdefault(name, mosaic(blocks))
        curve = measure("parrot", pictures, 1, name, given.seed, given.most)
        curves.append({"blocks": blocks, "points": [point(curve, g) for g in GALLERIES if g <= curve.labels]})
        print(name, curve.rank1)
    record = {
        "schema": "indelible/rank-calibration/1",
        "attack": "attack.face_parrot",
        "people": curve.labels,
        "probes": curve.probes,
        "enrolled": 1,
        "seed": given.seed,
        "curves": curves,
    }
    TARGET.write_text(json.dumps(record, indent=1) + "\n", encoding="ascii")


def point(curve: RankCurve, gallery: int) -> dict[str, Any]:
    """Rank 1 over all galleries of one size, and its one-sided 95 % bounds, rounded against us."""
    shares = [curve.cmc[0], *(late - early for early, late in zip(curve.cmc, curve.cmc[1:], strict=False))]
    others = math.comb(curve.labels - 1, gallery - 1)
    rate = sum(s * math.comb(curve.labels - rank, gallery - 1) / others for rank, s in enumerate(shares, 1))
    hits = rate * curve.probes
    return {
        "gallery": gallery,
        "rate": _decimal(rate, ROUND_CEILING),
        "low": _decimal(lower_bound(math.floor(hits + 1e-9), curve.probes), ROUND_FLOOR),
        "high": _decimal(upper_bound(min(curve.probes, math.ceil(hits - 1e-9)), curve.probes), ROUND_CEILING),
    }


def _decimal(value: float, way: str) -> str:
    return format(Decimal(repr(round(value, 9))).quantize(Decimal("0.001"), way), "f")


if __name__ == "__main__":
    main()
