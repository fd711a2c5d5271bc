"""Check a certificate against itself: does what it concludes follow from what it lists?

Only running the examination again proves the rows. What can be told from the paper alone is told here: sums, armed rows,
derived fields, digests over our own objects, and the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from indelible.model import Evidence, Limit, Outcome, Reason, VerdictWord
from indelible.reports import derive, lifetime
from indelible.reports.statement import CLAIMS, DOES_NOT_ASSERT, NEVER_EXAMINED, UNSIGNED
from indelible.verify.judge import RULE, judge

_PASSED = (VerdictWord.CERTIFIED, VerdictWord.CERTIFIED_WITH_LIMITS)
_NEED_ARMS = ("attack", "residual")


def recompute(statement: Mapping[str, Any]) -> list[str]:
    """Closed codes of what does not follow, sorted; empty when everything does.

    Takes a statement that `parse` accepted (or `build` made).
    """
    return sorted(set(_problems(statement["predicate"])))


def _problems(body: Mapping[str, Any]) -> Iterator[str]:
    rows, controls, regions = body["rows"], body["controls"], body["plan"]["regions"]
    yield from _repeated(body)
    if body["verdictRule"] != RULE:
        yield "verdict_rule_unknown"
    if body["claims"] != derive.claims(rows, regions):
        yield "claims_do_not_follow"
    if body["leakage"] != derive.leakage(regions):
        yield "leakage_does_not_follow"
    yield from _coverage(body)
    yield from _digests(body)
    yield from _rows(body)
    yield from _regions(body)
    yield from _limits(body)
    yield from _standing(body)
    policy = body["policy"]
    if policy["level"] == "enhanced" and (policy["text"], policy["people"]) != ("all", "solid"):
        yield "policy_level_does_not_follow"
    needed = body["suite"]["required"]
    limits = [Limit(item["code"]) for item in body["limits"] if item["code"] != Limit.BEYOND_POLICY]
    expected = judge(derive.to_checks(rows, controls), derive.to_regions(regions), needed, limits)
    if body["verdict"] != expected.word:
        yield "verdict_does_not_follow"
    if body["reasons"] != [reason.value for reason in expected.reasons]:
        yield "reasons_do_not_follow"
    if [item["code"] for item in body["limits"]] != [limit.value for limit in expected.limits]:
        yield "limits_do_not_follow"
    if body["doesNotAssert"] != list(DOES_NOT_ASSERT):
        yield "non_claims_changed"


def _repeated(body: Mapping[str, Any]) -> Iterator[str]:
    for name, items in (("rows", body["rows"]), ("controls", body["controls"]), ("regions", body["plan"]["regions"])):
        ids = [item["id"] for item in items]
        if len(set(ids)) != len(ids):
            yield f"{name}_repeat_an_id"
    if [row["id"] for row in body["rows"]] != [f"k{number:02d}" for number in range(1, len(body["rows"]) + 1)]:
        yield "rows_not_in_sequence"
    if [item["id"] for item in body["controls"]] != [f"c{number}" for number in range(1, len(body["controls"]) + 1)]:
        yield "controls_not_in_sequence"


def _standing(body: Mapping[str, Any]) -> Iterator[str]:
    """Who issued it, when, and in place of what."""
    if (body["issuer"] is None) != (body["signature"] == UNSIGNED):
        yield "issuer_contradicts_the_signature"
    if problem := lifetime.follows(body):
        yield problem
    if not body["original"]["given"] and body["original"]["commitment"] is not None:
        yield "commitment_without_an_original"
    if body["supersedes"] is not None and not set(body["supersedes"]["carried"]) <= {row["id"] for row in body["rows"]}:
        yield "carried_row_is_missing"


def _coverage(body: Mapping[str, Any]) -> Iterator[str]:
    stated, counted = body["coverage"], derive.coverage(body["rows"], body["suite"]["required"])
    if any(stated[name] != counted[name] for name in counted):
        yield "coverage_does_not_add_up"
    gap = counted["present"] + counted["notApplicable"] != counted["expected"]
    if gap and (body["verdict"] in _PASSED or Reason.COVERAGE_GAP.value not in body["reasons"]):
        yield "coverage_gap_not_said"
    unexamined = {item["kind"] for item in stated["notExamined"]} | set(NEVER_EXAMINED)
    if not unexamined <= set(stated["outOfScope"]):
        yield "out_of_scope_incomplete"


def _digests(body: Mapping[str, Any]) -> Iterator[str]:
    suite, environment = body["suite"], body["environment"]
    if suite["checks"] != sorted({row["check"] for row in body["rows"]}):
        yield "rows_do_not_match_the_suite"
    if suite["digest"] != derive.digest({name: suite[name] for name in ("version", "checks", "required")}):
        yield "suite_digest_wrong"
    if body["plan"]["digest"] != derive.digest({"regions": body["plan"]["regions"]}):
        yield "plan_digest_wrong"
    if environment["determinismDomain"] != derive.digest(
        {"codecs": environment["codecs"], "device": environment["device"]}
    ):
        yield "environment_digest_wrong"


def _rows(body: Mapping[str, Any]) -> Iterator[str]:
    controls = {item["id"]: item for item in body["controls"]}
    regions = {item["id"] for item in body["plan"]["regions"]}
    required = set(body["suite"]["required"])
    checks = derive.to_checks(body["rows"], body["controls"])
    for row, check in zip(body["rows"], checks, strict=True):
        if row["region"] is not None and row["region"] not in regions:
            yield "row_names_an_unknown_region"
        arms = [controls.get(name) for name in row["armedBy"]]
        if any(item is None for item in arms):
            yield "row_names_an_unknown_control"
        if any(item is not None and item["check"] != row["check"] for item in arms):
            yield "row_armed_by_another_check"
        if row["outcome"] != Outcome.HELD:
            continue
        if any(item["severity"] != "info" for item in row["findings"]):
            yield "held_row_has_findings"
        needs = row["family"] in _NEED_ARMS or check.id in required
        if needs and not check.armed and body["verdict"] in _PASSED:
            yield "held_row_is_not_armed"
    if any(row["family"] not in {family for _, family in CLAIMS.values()} for row in body["rows"]):
        yield "row_of_an_unknown_family"


def _regions(body: Mapping[str, Any]) -> Iterator[str]:
    regions, swap = body["plan"]["regions"], body["interference"]
    by_construction = [item["id"] for item in regions if item["evidence"] == Evidence.BY_CONSTRUCTION]
    if swap["regions"] != by_construction:
        yield "interference_does_not_match_the_regions"
    if by_construction and (swap["levels"]["after_decode"] != Outcome.HELD or swap["contents"] < 7):
        yield "by_construction_without_a_swap_test"
    if any(item["evidence"] == Evidence.BY_CONSTRUCTION and item["method"].startswith("mosaic/") for item in regions):
        yield "mosaic_by_construction"
    held = {claim["id"]: claim["status"] for claim in body["claims"]}
    if body["verdict"] in _PASSED:
        for strength, claim in ((Evidence.BY_CONSTRUCTION, "PIX-NI"), (Evidence.RESISTED, "PIX-RES")):
            if any(item["evidence"] == strength for item in regions) and held.get(claim) != Outcome.HELD:
                yield "region_without_a_held_claim"


def _limits(body: Mapping[str, Any]) -> Iterator[str]:
    """Limits that follow from the certificate's own fields must be there."""
    codes = {item["code"] for item in body["limits"]}
    regions, levels = body["plan"]["regions"], body["interference"]["levels"]
    known = {item["id"] for item in regions}
    if any(set(item["regions"]) - known for item in body["limits"]):
        yield "limit_names_an_unknown_region"
    if any(item["method"].startswith("mosaic/") for item in regions) and Limit.METHOD_LOSSY not in codes:
        yield "limit_missing"
    by_construction = any(item["evidence"] == Evidence.BY_CONSTRUCTION for item in regions)
    if by_construction and levels["before_source_compression"] != Outcome.HELD and Limit.SOURCE_CODEC not in codes:
        yield "limit_missing"
    if body["verdict"] not in _PASSED:
        return
    if regions and not body["original"]["given"] and not {Limit.NO_ORIGINAL, Limit.NO_RERUN} & codes:
        yield "limit_missing"
    if not regions and not body["humanReview"]["performed"] and Limit.NO_REGIONS not in codes:
        yield "limit_missing"
    if body["policy"]["humanReview"] and not body["humanReview"]["performed"] and Limit.NO_HUMAN_REVIEW not in codes:
        yield "limit_missing"
