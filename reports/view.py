"""From a certificate to what its page shows: nested values of which every leaf is `Safe`, a truth value or another list.

Nothing is decided here. Codes become texts, numbers become printable, long lists become bounded ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indelible.model import Evidence, Limit, Reason, Severity, VerdictWord
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
    words,
    words_for,
)
from indelible.reports.statement import CLAIMS, DOES_NOT_ASSERT, NEVER_EXAMINED
from indelible.reports.view_evidence import (
    View,
    advice_view,
    census_view,
    outcome_view,
    regions_view,
    reproduce_view,
    swap_view,
    tried_view,
)
from indelible.reports.view_figures import legend_view, rank_view, reconstruction_view
from indelible.reports.view_glance import glance_view
from indelible.reports.view_legal import legal_view

MAX_FINDINGS = 100
#: Findings that stand open, worst first; the others are folded away on a screen, and open on paper.
OPEN_FINDINGS = 12
MAX_TWIN_CHARACTERS = 400_000
MANY_REGIONS = 24

#: Regions are drawn rounded outwards to this step where the file itself may not be shown.
SCHEMATIC_STEP_PX = 16


def view_of(statement: Mapping[str, Any], data: bytes | None, contradictions: Sequence[str]) -> View:
    """Everything that the page of one certificate shows."""
    body, subject = statement["predicate"], statement["subject"][0]
    twin = certificate(statement)
    regions = regions_view(body)
    trusted = not contradictions
    shown = data if trusted else None
    return {
        "contradicts": bool(contradictions),
        "head": _head(statement),
        "standing": words("page.unsigned" if body["issuer"] is None else "page.signed"),
        "signed": body["issuer"] is not None,
        "standing_more": words("page.unsigned_more")
        if body["issuer"] is None
        else words("page.signed_more", form("digest", body["issuer"]["keyId"])),
        "verdict": _verdict(body),
        "unexamined": _unexamined(body),
        "findings": _findings(body),
        "glance": glance_view(body) if trusted else [],
        "picture": _picture(statement, shown),
        "legend": legend_view(body),
        "claims": _claims(body),
        "regions": regions,
        "many_regions": len(regions) > MANY_REGIONS,
        "region_count": number(len(regions)),
        "swap": swap_view(body, trusted=trusted),
        "reconstructed": reconstruction_view(statement, shown),
        "ranks": rank_view(body),
        "tried": tried_view(body),
        "census": census_view(body),
        "repro": reproduce_view(body, subject),
        "advice": advice_view(body),
        "legal": legal_view(body, trusted=trusted),
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
    shown = [
        {
            "rule": form("rule", item["rule"]),
            "name": rule_words(item["rule"]),
            "channel": form("channel", item["channel"]),
            "severity": code(item["severity"], Severity),
            "severity_word": words(f"severity.{item['severity']}"),
            "mark": words(f"mark.{item['severity']}"),
            "where": where_words(item["where"]),
            "row": form("row", row["id"]),
        }
        for _, row, item in found[:MAX_FINDINGS]
    ]
    folded = shown[OPEN_FINDINGS:] if len(shown) > OPEN_FINDINGS + 3 else []
    return {
        "shown": shown[: len(shown) - len(folded)],
        "folded": folded,
        "folded_title": words("findings.folded", number(len(folded))),
        "more": words("findings.more", number(len(found) - MAX_FINDINGS)) if len(found) > MAX_FINDINGS else None,
    }


def rule_words(rule: str) -> Safe:
    return words_for("rule", rule, "A" if rule.startswith("A") else rule[:2] if rule[1] in "1234" else "L3")


def where_words(where: str) -> Safe:
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
        if item["frame"]:
            continue  # the first frame alone is shown
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
        "frames": words("picture.frames", number(size["frames"])) if size["frames"] > 1 else None,
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
            "status": outcome_view(item["status"]),
            "regions": _covered(item["regions"], every, whole=item["strength"] == "observed"),
            "rows": [form("row", row) for row in item["rows"][:12]],
            "more_rows": words("list.more", number(len(item["rows"]) - 12)) if len(item["rows"]) > 12 else None,
        }
        for item in body["claims"]
    ]


def _covered(regions: Sequence[str], every: int, *, whole: bool) -> Safe:
    """Which regions a claim is about; one about regions that covers none says so, and is never about the file."""
    if not regions:
        return words("claims.file" if whole else "claims.no_region")
    if len(regions) > 8:
        key = "claims.all" if len(regions) == every else "claims.some"
        return words(key, number(len(regions)), number(every))
    return listed([form("region", item) for item in regions])


def _coded(group: str, value: str, kind: type[Limit] | type[Reason], regions: Sequence[str]) -> View:
    says = f"{group}.{value}.says"
    return {
        "code": code(value, kind),
        "title": words(f"{group}.{value}"),
        "says": words(says) if group == "limit" else None,
        "regions": words("limits.regions", listed([form("region", item) for item in regions])) if regions else None,
    }
