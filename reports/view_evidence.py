"""The evidence half of a page: regions, the swap test, every row, the census, versions, advice. Leaves are `Safe`."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from indelible.model import Evidence, Kind, Limit, Mode, Outcome, Polarity, Reason, TextMode
from indelible.reports import derive
from indelible.reports.pictures import tile_names
from indelible.reports.safe import Safe, code, form, listed, number, tile, words, words_for, words_or
from indelible.reports.statement import CLAIMS
from indelible.reports.view_figures import before_after_view

View = dict[str, Any]


def regions_view(body: Mapping[str, Any]) -> list[View]:
    """One line per region."""
    bits = {item["region"]: item["bitsAtMost"] for item in body["leakage"]}
    several = any(item["frame"] for item in body["plan"]["regions"])
    shown = []
    for place, item in enumerate(body["plan"]["regions"], 1):
        blocks = item.get("parameters", {}).get("blocks")
        apart = item.get("parameters", {}).get("distinguishable")
        shown.append(
            {
                "n": number(place),
                "id": form("region", item["id"]),
                "kind": words(f"kind.{code_of(item['kind'])}"),
                "frame": words("regions.frame", number(item["frame"] + 1)) if several else None,
                "box": [number(value) for value in item["box"]],
                "method": words_for("method", item["method"].partition("/")[0], "unknown"),
                "blocks": words("regions.blocks", number(blocks)) if blocks else None,
                "apart": words("regions.apart", number(apart["outputs"]), number(apart["of"])) if apart else None,
                "source": words(f"source.{item['source']}"),
                "evidence": code(item["evidence"], Evidence),
                "evidence_word": words(f"evidence.{item['evidence']}"),
                "mark": words(f"mark.{item['evidence']}"),
                "bits": words("regions.bits_unknown")
                if bits.get(item["id"]) is None
                else form("decimal", bits[item["id"]]),
            }
        )
    return shown


def swap_view(body: Mapping[str, Any], *, trusted: bool) -> View | None:
    """The swap test's tiles; only where it held on at least one region."""
    swap = body["interference"]
    if not (trusted and swap["regions"] and swap["levels"]["after_decode"] == Outcome.HELD):
        return None
    names = tile_names() if swap["contents"] == len(tile_names()) else ()
    return {
        "lead": words("swap.lead", number(swap["contents"])),
        "note": words(
            "swap.note",
            number(swap["contents"]),
            number(_bound_percent(swap["contents"])),
            words(f"growth.{swap['growth']}"),
        ),
        "tiles": [(tile(name), words(f"tile.{name}")) for name in names],
        "levels": [
            (words(f"swap.level.{level}"), outcome_view(swap["levels"][level])) for level in sorted(swap["levels"])
        ],
    }


def _bound_percent(trials: int) -> int:
    """No success in n trials bounds the rate at ``1 - 0.05^(1/n)`` (one-sided Clopper-Pearson, 95 %); rounded up."""
    return ceil(100 * (1 - float(0.05 ** (1 / max(1, trials)))))


def tried_view(body: Mapping[str, Any]) -> View:
    """Every row, by family, and the controls that armed them."""
    required = set(body["suite"]["required"])
    checks = derive.to_checks(body["rows"], body["controls"])
    families = []
    for _, family in CLAIMS.values():
        rows = [
            _row(row, check.armed, check.id in required)
            for row, check in zip(body["rows"], checks, strict=True)
            if row["family"] == family
        ]
        if rows:
            families.append(
                {
                    "title": words(f"family.{family}"),
                    "asks": words(f"family.{family}.asks"),
                    "ran": [row for row in rows if not row["idle"]],
                    "idle": [row for row in rows if row["idle"]],
                    "idle_title": words("tried.idle_open", number(sum(row["idle"] for row in rows))),
                    "count": words(
                        "tried.family_count",
                        number(sum(row["held"] for row in rows)),
                        number(sum(not (row["held"] or row["idle"]) for row in rows)),
                        number(sum(row["idle"] for row in rows)),
                    ),
                }
            )
    counted = body["coverage"]
    gap = counted["expected"] - counted["present"] - counted["notApplicable"]
    return {
        "coverage": words(
            "tried.coverage",
            *(number(counted[name]) for name in ("expected", "present", "notApplicable", "errors")),
        ),
        "gap": words("tried.gap", number(gap)) if gap > 0 else None,
        "attacker": _attacker(body["attackerModel"]),
        "families": families,
        "controls_title": words("tried.controls", number(len(body["controls"]))),
        "controls": [
            {
                "id": form("control", item["id"]),
                "check": form("check", item["check"]),
                "sample": words(f"polarity.{Polarity(item['polarity'])}"),
                "observed": _observed(item["polarity"], item["observed"]),
            }
            for item in body["controls"]
        ],
    }


def _attacker(model: Mapping[str, Any]) -> Safe:
    """What whoever attacks is taken to know."""
    gallery = model["galleryN"]
    others = words("tried.attacker_gallery", number(gallery)) if gallery else words("tried.attacker_none")
    return words("tried.attacker" if model["knowsMethod"] and model["knowsParameters"] else "tried.knows_not", others)


def _observed(polarity: str, observed: str) -> View:
    """A control that came out as it must reads as held, whatever its outcome: a leaking sample has to break."""
    effective = observed == (Outcome.BROKEN if polarity == Polarity.POSITIVE else Outcome.HELD)
    tone = Outcome.HELD if effective else Outcome.BROKEN
    text = words("control.effective" if effective else "control.failed", words(f"outcome.{observed}"))
    return {"code": code(tone, Outcome), "word": text, "mark": words(f"mark.{tone.value}")}


def _row(row: Mapping[str, Any], armed: bool, required: bool) -> View:
    name = derive.check_name(row["check"])
    facts = [words("tried.required" if required else "tried.beyond")]
    trials = row["trials"]
    tried = []
    if trials is not None:
        tried.append(
            words("tried.trials" if trials["planned"] is not None else "tried.trials_cut", number(trials["done"]))
        )
    if row["seed"] is not None:
        tried.append(words("tried.seed", number(row["seed"])))
    bits = row.get("leakedBits", row.get("leaked_bits"))
    if bits is not None:
        tried.append(words("tried.bits", form("decimal", bits)))
    if row["findings"]:
        facts.append(words("tried.findings", number(len(row["findings"]))))
    why = row["why"]
    idle = row["outcome"] == Outcome.NOT_APPLICABLE
    return {
        "id": form("row", row["id"]),
        "check": form("check", row["check"]),
        "asks": words_or(f"check.{name}", f"family.{row['family']}.asks"),
        "region": None if row["region"] is None else form("region", row["region"]),
        "outcome": outcome_view(row["outcome"]),
        "why": None if why is None else words(f"reason.{why}") if why.startswith("R-") else words_for("why", why),
        "why_code": code(why, Reason) if why is not None and why.startswith("R-") else None,
        "arms": listed([form("control", item) for item in row["armedBy"]]),
        "armed": words("tried.armed" if armed else "tried.unarmed" if row["armedBy"] else "tried.no_arms"),
        "facts": listed(facts),
        "idle": idle,
        "held": row["outcome"] == Outcome.HELD,
        "tried": listed(tried) if tried else None,
    }


def census_view(body: Mapping[str, Any]) -> View:
    """Structures and metadata groups, counted."""
    seen = body["metadata"]["structures"]
    return {
        "seen": number(seen["seen"]),
        "parsed": number(seen["parsed"]),
        "unknown": number(seen["unknownBytes"]),
        "counts": [(form("structure", name), number(count)) for name, count in sorted(seen["counts"].items())[:60]],
        "left": listed([form("structure", item) for item in body["metadata"]["left"]])
        if body["metadata"]["left"]
        else words("census.nothing"),
        "groups": before_after_view(body),
        "removed_none": words("census.nothing" if body["original"]["given"] else "census.not_known"),
    }


def reproduce_view(body: Mapping[str, Any], subject: Mapping[str, Any]) -> View:
    """What it takes to do this again."""
    equal, pixels = body["rederivation"]["equal"], subject["annotations"]["pixelSha256"]
    return {
        "tool": form("version", body["tool"]["version"]),
        "suite": form("suite", body["suite"]["version"]),
        "digests": [
            (words("repro.suite_digest"), form("digest", body["suite"]["digest"]["sha256"])),
            (words("repro.policy_digest"), form("digest", body["policy"]["digest"]["sha256"])),
            (words("repro.plan_digest"), form("digest", body["plan"]["digest"]["sha256"])),
            (words("repro.domain"), form("digest", body["environment"]["determinismDomain"]["sha256"])),
            *([(words("repro.pixel_digest"), form("digest", pixels))] if pixels else []),
        ],
        "equal": words("not_tested" if equal is None else "yes" if equal else "no"),
        "decision": words("repro.decision_value", form("decimal", body["decisionRule"]["confidence"])),
        "versions": [
            (form("codec", item["name"]), form("version", item["version"])) for item in body["environment"]["codecs"]
        ],
        "detectors": [
            (
                form("detector", item["id"]),
                form("digest", item["weights"]["sha256"]) if item["weights"] else None,
                [_rate(rate) for rate in item["calibrations"]],
            )
            for item in body["detectors"]
        ],
        "kinds": listed([code(item, Kind) for item in body["policy"]["kinds"]]),
        "text": code(body["policy"]["text"], TextMode),
        "level": code(body["policy"]["level"], ("basic", "enhanced")),
    }


def _rate(rate: Mapping[str, Any]) -> Safe:
    """What a detector was measured to find, as a sentence."""
    return words(
        "repro.rate.held_out" if rate["heldOut"] else "repro.rate",
        code(rate["kind"], Kind),
        code(rate["mode"], Mode),
        number(rate["found"]),
        number(rate["labels"]),
        form("decimal", rate["low"]),
        form("decimal", rate["high"]),
        form("decimal", rate["falsePerPicture"]),
    )


def advice_view(body: Mapping[str, Any]) -> list[View]:
    """What to do about each reason and limit."""
    return [
        {"code": code(item, kind), "title": words(f"{group}.{item}"), "advice": words(f"{group}.{item}.advice")}
        for group, kind, items in (
            ("reason", Reason, body["reasons"]),
            ("limit", Limit, [limit["code"] for limit in body["limits"]]),
        )
        for item in items
    ]


def outcome_view(value: str) -> View:
    """An outcome as code, word and mark."""
    allowed = [*(item.value for item in Outcome), "not_run"]
    return {"code": code(value, allowed), "word": words(f"outcome.{value}"), "mark": words(f"mark.{value}")}


def code_of(kind: str) -> str:
    """The kind's own code; raises ValueError for anything that is not one."""
    return Kind(kind).value
