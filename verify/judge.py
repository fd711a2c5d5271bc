"""From rows to a verdict: one pure function, worst wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indelible.model import Check, Evidence, Limit, Outcome, Reason, RegionEvidence, Verdict, VerdictWord

#: The name of this rule in every certificate. A change of behaviour is a new name.
RULE = "worst-wins/1"

_REASONS = {reason.value: reason for reason in Reason}


def judge(
    rows: Sequence[Check],
    regions: Sequence[RegionEvidence],
    required: Iterable[str],
    limits: Iterable[Limit] = (),
) -> Verdict:
    """The verdict on one file.

    Args:
        rows: every row of the run; several rows may share an id, one per region.
        regions: what is known about each redacted area.
        required: the ids of the checks that policy and suite demand, computed before any pixel was read.
        limits: limits raised by facts outside the rows (no original, source codec, kinds out of scope ...).

    Returns:
        First of these that matches: a required row or a region is broken -> ``refused``; a required row is missing,
        inconclusive, in error or held unarmed, or a region is unknown -> ``inconclusive``; any limit ->
        ``certified_with_limits``; else ``certified``. Nothing that was found is dropped: a broken row that is not
        required adds ``L-BEYOND-POLICY``.
    """
    needed = set(required)
    broken = [row for row in rows if row.id in needed and row.outcome is Outcome.BROKEN]
    beyond = [row for row in rows if row.id not in needed and row.outcome is Outcome.BROKEN]
    all_limits = set(limits) | ({Limit.BEYOND_POLICY} if beyond else set())

    refused = {_reason(row, Reason.ATK_BROKEN) for row in broken}
    if any(region.evidence is Evidence.BROKEN for region in regions) and not refused:
        refused.add(Reason.ATK_BROKEN)

    undecided = {_reason(row, Reason.TOOL_ERROR) for row in rows if row.id in needed and row.outcome in _UNDECIDED}
    present = {row.id for row in rows}
    if needed - present or any(region.evidence is Evidence.UNKNOWN for region in regions):
        undecided.add(Reason.COVERAGE_GAP)
    if any(row.id in needed and row.outcome is Outcome.HELD and not row.armed for row in rows):
        undecided.add(Reason.CONTROL_UNARMED)

    if refused:
        word = VerdictWord.REFUSED
    elif undecided:
        word = VerdictWord.INCONCLUSIVE
    elif all_limits:
        word = VerdictWord.CERTIFIED_WITH_LIMITS
    else:
        word = VerdictWord.CERTIFIED
    reasons = refused | undecided
    return Verdict(
        word=word,
        reasons=tuple(reason for reason in Reason if reason in reasons),
        limits=tuple(limit for limit in Limit if limit in all_limits),
    )


_UNDECIDED = (Outcome.INCONCLUSIVE, Outcome.ERROR)


def _reason(row: Check, otherwise: Reason) -> Reason:
    return _REASONS.get(row.why or "", otherwise)
