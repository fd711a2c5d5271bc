"""From a certificate to what its page shows: nested values of which every leaf is `Safe`, a truth value or another list.

Nothing is decided here. Codes become texts, numbers become printable, long lists become bounded ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indelible.model import Evidence, Kind, Limit, Outcome, Polarity, Reason, Severity, TextMode, VerdictWord
from indelible.reports import derive
from indelible.reports.pictures import tile_names
from indelible.reports.safe import (
    Safe,
    certificate,
    code,
    digest_of,
    form,
    listed,
    moment,
    number,
    printed,
    published,
    tile,
    words,
    words_for,
)
from indelible.reports.statement import CLAIMS, DOES_NOT_ASSERT, NEVER_EXAMINED

MAX_FINDINGS = 100
MAX_TWIN_CHARACTERS = 400_000
MANY_REGIONS = 24

#: Regions are drawn rounded outwards to this step where the file itself may not be shown.
SCHEMATIC_STEP_PX = 16

View = dict[str, Any]


def view_of(statement: Mapping[str, Any], data: bytes | None, contradictions: Sequence[str]) -> View:
    """Everything that the page of one certificate shows."""
    body, subject = statement["predicate"], statement["subject"][0]
    twin = certificate(statement)
    regions = _regions(body)
    return {
        "contradicts": bool(contradictions),
        "head": _head(statement),
        "verdict": _verdict(body),
        "unexamined": _unexamined(body),
        "findings": _findings(body),
        "picture": _picture(statement, None if contradictions else data),
        "claims": _claims(body),
        "regions": regions,
        "many_regions": len(regions) > MANY_REGIONS,
        "region_count": number(len(regions)),
        "swap": _swap(body, trusted=not contradictions),
        "tried": _tried(body),
        "census": _census(body),
        "repro": _reproduce(body, subject),
        "advice": _advice(body),
        "limits": [_coded("limit", item["code"], Limit, item["regions"]) for item in body["limits"]],
        "reasons": [_coded("reason", item, Reason, []) for item in body["reasons"]],
        "non_claims": [(code(item, DOES_NOT_ASSERT), words(f"not.{item}")) for item in body["doesNotAssert"]],
        "review": words("review.some", number(body["humanReview"]["rejectedRegions"]))
        if body["humanReview"]["performed"]
        else words("review.none"),
        "twin": twin if len(printed(twin)) <= MAX_TWIN_CHARACTERS else None,
        "twin_digest": digest_of(twin),
    }


def _head(statement: Mapping[str, Any]) -> View:
    body, subject = statement["predicate"], statement["subject"][0]
    size = subject["annotations"]
    return {
        "alias": form("alias", subject["name"]),
        "id": form("urn", body["certificateId"]),
        "run": form("run", body["runId"]),
        "issued": moment(body["issuedAt"]),
        "until": moment(body["validity"]["notAfter"]),
        "width": number(size["width"]),
        "height": number(size["height"]),
        "digest": form("digest", subject["digest"]["sha256"]),
        "type": form("media_type", subject["mediaType"]),
        "policy": form("policy", body["policy"]["id"]),
    }


def _verdict(body: Mapping[str, Any]) -> View:
    word = body["verdict"]
    evidence = [item["evidence"] for item in body["plan"]["regions"]]
    outcomes = [row["outcome"] for row in body["rows"]]
    bullets = [
        words("bullet.regions", number(len(evidence)), *(number(evidence.count(item.value)) for item in Evidence))
        if evidence
        else words("bullet.no_regions"),
        words(
            "bullet.rows",
            number(outcomes.count("held")),
            number(outcomes.count("broken")),
            number(outcomes.count("inconclusive") + outcomes.count("error")),
            number(outcomes.count("not_applicable")),
            number(body["coverage"]["expected"]),
        ),
    ]
    if body["reasons"]:
        bullets.append(words("bullet.reasons", listed([_named("reason", item, Reason) for item in body["reasons"]])))
    if body["limits"]:
        bullets.append(
            words("bullet.limits", listed([_named("limit", item["code"], Limit) for item in body["limits"]]))
        )
    return {
        "code": code(word, VerdictWord),
        "word": words(f"verdict.{word}"),
        "icon": {item.value: word == item for item in VerdictWord},
        "sentence": words(f"verdict.{word}.sentence"),
        "bullets": bullets,
    }


def _named(group: str, value: str, kind: type[Limit] | type[Reason]) -> Safe:
    return words("coded", code(value, kind), words(f"{group}.{value}"))


def _unexamined(body: Mapping[str, Any]) -> View:
    named = {item["kind"]: item["reason"] for item in body["coverage"]["notExamined"]}
    return {
        "policy": [
            (words(f"scope.{code_of}"), words_for("unseen", reason)) for code_of, reason in sorted(named.items())
        ],
        "never": [words(f"scope.{item}") for item in body["coverage"]["outOfScope"] if item in NEVER_EXAMINED],
    }


def _findings(body: Mapping[str, Any]) -> View:
    order = list(Severity)
    found = [(order.index(Severity(item["severity"])), row, item) for row in body["rows"] for item in row["findings"]]
    found.sort(key=lambda entry: entry[0])
    return {
        "shown": [
            {
                "rule": form("rule", item["rule"]),
                "name": _rule(item["rule"]),
                "channel": form("channel", item["channel"]),
                "severity": code(item["severity"], Severity),
                "severity_word": words(f"severity.{item['severity']}"),
                "mark": words(f"mark.{item['severity']}"),
                "where": _where(item["where"]),
                "row": form("row", row["id"]),
            }
            for _, row, item in found[:MAX_FINDINGS]
        ],
        "more": words("findings.more", number(len(found) - MAX_FINDINGS)) if len(found) > MAX_FINDINGS else None,
    }


def _rule(rule: str) -> Safe:
    return words_for("rule", rule, "A" if rule.startswith("A") else rule[:2] if rule[1] in "1234" else "L3")


def _where(where: str) -> Safe:
    name, _, value = where.partition(" ")
    if name == "offset":
        return words("where.offset", number(int(value)))
    return words("where.region", form("region", value)) if name == "region" else words("where.file")


def _picture(statement: Mapping[str, Any], data: bytes | None) -> View:
    size = statement["subject"][0]["annotations"]
    width, height = size["width"], size["height"]
    if not (width and height):
        return {"drawn": False, "title": words("sec.schematic")}
    uri = published(statement, data)
    step = 1 if uri else SCHEMATIC_STEP_PX
    boxes = []
    for place, item in enumerate(statement["predicate"]["plan"]["regions"], 1):
        x, y, w, h = item["box"]
        left, top = x // step * step, y // step * step
        right, bottom = min(width, -(-(x + w) // step) * step), min(height, -(-(y + h) // step) * step)
        w, h = max(1, right - left), max(1, bottom - top)
        letters = min(max(min(w // len(str(place)), h * 2 // 3), max(width, height) // 110), max(width, height) // 30)
        boxes.append(
            {
                "x": number(left),
                "y": number(top),
                "w": number(w),
                "h": number(h),
                "cx": number(left + w // 2),
                "cy": number(top + h // 2),
                "letters": number(max(1, letters)),
                "n": number(place),
                "id": form("region", item["id"]),
                "kind": words(f"kind.{item['kind']}"),
                "evidence": code(item["evidence"], Evidence),
            }
        )
    allowed = statement["predicate"]["verdict"] in (VerdictWord.CERTIFIED, VerdictWord.CERTIFIED_WITH_LIMITS)
    return {
        "drawn": True,
        "lead": words("picture.lead" if uri else "schematic.lead_missing" if allowed else "schematic.lead"),
        "title": words("sec.picture" if uri else "sec.schematic"),
        "alt": words("picture.alt" if uri else "schematic.alt", number(len(boxes))),
        "uri": uri,
        "width": number(width),
        "height": number(height),
        "boxes": boxes,
    }


def _claims(body: Mapping[str, Any]) -> list[View]:
    every = len(body["plan"]["regions"])
    return [
        {
            "id": code(item["id"], CLAIMS.keys()),
            "text": words(f"claim.{item['id']}"),
            "strength": code(item["strength"], ("by_construction", "resisted", "observed", "declared")),
            "strength_word": words(f"evidence.{item['strength']}"),
            "strength_mark": words(f"mark.{item['strength']}"),
            "status": _outcome(item["status"]),
            "regions": _covered(item["regions"], every),
            "rows": [form("row", row) for row in item["rows"][:12]],
            "more_rows": words("list.more", number(len(item["rows"]) - 12)) if len(item["rows"]) > 12 else None,
        }
        for item in body["claims"]
    ]


def _covered(regions: Sequence[str], every: int) -> Safe:
    if not regions:
        return words("claims.file")
    if len(regions) > 8:
        key = "claims.all" if len(regions) == every else "claims.some"
        return words(key, number(len(regions)), number(every))
    return listed([form("region", item) for item in regions])


def _outcome(value: str) -> View:
    allowed = [*(item.value for item in Outcome), "not_run"]
    return {"code": code(value, allowed), "word": words(f"outcome.{value}"), "mark": words(f"mark.{value}")}


def _regions(body: Mapping[str, Any]) -> list[View]:
    bits = {item["region"]: item["bitsAtMost"] for item in body["leakage"]}
    shown = []
    for place, item in enumerate(body["plan"]["regions"], 1):
        blocks = item.get("parameters", {}).get("blocks")
        shown.append(
            {
                "n": number(place),
                "id": form("region", item["id"]),
                "kind": words(f"kind.{code_of(item['kind'])}"),
                "box": [number(value) for value in item["box"]],
                "method": words_for("method", item["method"].partition("/")[0], "unknown"),
                "blocks": words("regions.blocks", number(blocks)) if blocks else None,
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


def code_of(kind: str) -> str:
    """The kind's own code; raises ValueError for anything that is not one."""
    return Kind(kind).value


def _swap(body: Mapping[str, Any], *, trusted: bool) -> View | None:
    """The swap test's tiles; only where it held on at least one region."""
    swap = body["interference"]
    if not (trusted and swap["regions"] and swap["levels"]["after_decode"] == Outcome.HELD):
        return None
    names = tile_names() if swap["contents"] == len(tile_names()) else ()
    return {
        "lead": words("swap.lead", number(swap["contents"])),
        "note": words("swap.note", number(swap["contents"]), words(f"growth.{swap['growth']}")),
        "tiles": [(tile(name), words(f"tile.{name}")) for name in names],
        "levels": [(words(f"swap.level.{level}"), _outcome(swap["levels"][level])) for level in sorted(swap["levels"])],
    }


def _tried(body: Mapping[str, Any]) -> View:
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
    if trials is not None:
        facts.append(
            words("tried.trials" if trials["planned"] is not None else "tried.trials_cut", number(trials["done"]))
        )
    if row["seed"] is not None:
        facts.append(words("tried.seed", number(row["seed"])))
    if row["findings"]:
        facts.append(words("tried.findings", number(len(row["findings"]))))
    why = row["why"]
    idle = row["outcome"] == Outcome.NOT_APPLICABLE
    return {
        "id": form("row", row["id"]),
        "check": form("check", row["check"]),
        "asks": words_for("check", name, "other")
        if f"check.{name}" in _known()
        else words(f"family.{row['family']}.asks"),
        "region": None if row["region"] is None else form("region", row["region"]),
        "outcome": _outcome(row["outcome"]),
        "why": None if why is None else words(f"reason.{why}") if why.startswith("R-") else words_for("why", why),
        "why_code": code(why, Reason) if why is not None and why.startswith("R-") else None,
        "arms": listed([form("control", item) for item in row["armedBy"]]),
        "armed": words("tried.armed" if armed else "tried.unarmed" if row["armedBy"] else "tried.no_arms"),
        "facts": listed(facts),
        "idle": idle,
    }


def _known() -> Mapping[str, str]:
    from indelible.reports.english import ENGLISH

    return ENGLISH


def _census(body: Mapping[str, Any]) -> View:
    seen = body["metadata"]["structures"]
    removed = sorted(body["metadata"]["removed"].items())
    return {
        "seen": number(seen["seen"]),
        "parsed": number(seen["parsed"]),
        "unknown": number(seen["unknownBytes"]),
        "counts": [(form("structure", name), number(count)) for name, count in sorted(seen["counts"].items())[:60]],
        "left": listed([form("structure", item) for item in body["metadata"]["left"]])
        if body["metadata"]["left"]
        else words("census.nothing"),
        "removed": [(form("structure", name), _bucket(count)) for name, count in removed[:60]],
        "removed_none": words("census.nothing" if body["original"]["given"] else "census.not_known"),
    }


def _bucket(value: str) -> Safe:
    from indelible.reports.statement import BUCKETS

    return code(value, BUCKETS)


def _reproduce(body: Mapping[str, Any], subject: Mapping[str, Any]) -> View:
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
            (form("detector", item["id"]), form("digest", item["weights"]["sha256"]) if item["weights"] else None)
            for item in body["detectors"]
        ],
        "kinds": listed([code(item, Kind) for item in body["policy"]["kinds"]]),
        "text": code(body["policy"]["text"], TextMode),
    }


def _advice(body: Mapping[str, Any]) -> list[View]:
    return [
        {"code": code(item, kind), "title": words(f"{group}.{item}"), "advice": words(f"{group}.{item}.advice")}
        for group, kind, items in (
            ("reason", Reason, body["reasons"]),
            ("limit", Limit, [limit["code"] for limit in body["limits"]]),
        )
        for item in items
    ]


def _coded(group: str, value: str, kind: type[Limit] | type[Reason], regions: Sequence[str]) -> View:
    says = f"{group}.{value}.says"
    return {
        "code": code(value, kind),
        "title": words(f"{group}.{value}"),
        "says": words(says) if says in _known() else None,
        "regions": words("limits.regions", listed([form("region", item) for item in regions])) if regions else None,
    }
