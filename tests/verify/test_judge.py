"""Worst wins, and nothing unrun passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.model import (
    Box,
    Check,
    Control,
    Evidence,
    Kind,
    Limit,
    Outcome,
    Polarity,
    Reason,
    Region,
    RegionEvidence,
    VerdictWord,
)
from indelible.verify.judge import judge

ORDER = [VerdictWord.CERTIFIED, VerdictWord.CERTIFIED_WITH_LIMITS, VerdictWord.INCONCLUSIVE, VerdictWord.REFUSED]
ARMED = (
    Control(check="c/1", polarity=Polarity.POSITIVE, observed=Outcome.BROKEN),
    Control(check="c/1", polarity=Polarity.NEGATIVE, observed=Outcome.HELD),
)


def row(name: str, outcome: Outcome, *, why: str | None = None, armed: bool = True) -> Check:
    """One row."""
    why = None if outcome is Outcome.HELD else why or "R-META-RESIDUE"
    return Check(id=name, version=1, family="metadata", outcome=outcome, why=why, armed_by=ARMED if armed else ())


def region(evidence: Evidence) -> RegionEvidence:
    """One region."""
    return RegionEvidence(
        id="r1", kind=Kind.FACE, region=Region(box=Box(0, 0, 9, 9)), evidence=evidence, method="solid/1"
    )


GOOD = [row("a", Outcome.HELD), row("b", Outcome.HELD)]
SHOWN = [region(Evidence.BY_CONSTRUCTION)]


def test_everything_held_is_certified() -> None:
    """The only way to the first word."""
    assert judge(GOOD, SHOWN, ["a", "b"]).word is VerdictWord.CERTIFIED


def test_a_limit_changes_the_word() -> None:
    """Accepting it changes the exit code, never the word."""
    verdict = judge(GOOD, SHOWN, ["a", "b"], [Limit.NO_REGIONS])

    assert (verdict.word, verdict.limits) == (VerdictWord.CERTIFIED_WITH_LIMITS, (Limit.NO_REGIONS,))
    assert verdict.exit_code == 10


@pytest.mark.claim("T-VER-01")
@pytest.mark.parametrize(("rows", "regions", "word", "reason"), [
    ([row("a", Outcome.BROKEN)], SHOWN, VerdictWord.REFUSED, Reason.META_RESIDUE),
    ([row("a", Outcome.HELD)], [region(Evidence.BROKEN)], VerdictWord.REFUSED, Reason.ATK_BROKEN),
    ([row("a", Outcome.INCONCLUSIVE, why="R-MODEL-MISSING")], SHOWN, VerdictWord.INCONCLUSIVE, Reason.MODEL_MISSING),
    ([row("a", Outcome.ERROR, why="R-TOOL-ERROR")], SHOWN, VerdictWord.INCONCLUSIVE, Reason.TOOL_ERROR),
    ([row("a", Outcome.HELD, armed=False)], SHOWN, VerdictWord.INCONCLUSIVE, Reason.CONTROL_UNARMED),
    ([], SHOWN, VerdictWord.INCONCLUSIVE, Reason.COVERAGE_GAP),
    ([row("a", Outcome.HELD)], [region(Evidence.UNKNOWN)], VerdictWord.INCONCLUSIVE, Reason.COVERAGE_GAP),
])  # fmt: skip
def test_each_shortfall_has_its_word_and_reason(
    rows: list[Check], regions: list[RegionEvidence], word: VerdictWord, reason: Reason
) -> None:
    """EVIDENCE.md section 2, line by line."""
    verdict = judge(rows, regions, ["a"])

    assert verdict.word is word
    assert reason in verdict.reasons


def test_a_control_that_did_not_come_out_as_it_must_disarms_its_row() -> None:
    """A check that breaks its clean control has shown nothing."""
    wrong = (ARMED[0], Control(check="c/1", polarity=Polarity.NEGATIVE, observed=Outcome.BROKEN))
    rows = [Check(id="a", version=1, family="pixels", outcome=Outcome.HELD, armed_by=wrong)]

    assert judge(rows, SHOWN, ["a"]).word is VerdictWord.INCONCLUSIVE


def test_what_the_policy_did_not_ask_for_is_not_dropped() -> None:
    """A broken row beyond the policy is a limit."""
    verdict = judge([*GOOD, row("extra", Outcome.BROKEN)], SHOWN, ["a", "b"])

    assert verdict.limits == (Limit.BEYOND_POLICY,)


outcomes = st.sampled_from([Outcome.HELD, Outcome.BROKEN, Outcome.INCONCLUSIVE, Outcome.ERROR])
rows_strategy = st.lists(st.tuples(st.sampled_from("abc"), outcomes, st.booleans()), max_size=6)


@pytest.mark.claim("T-VER-02")
@given(rows_strategy, st.sampled_from(list(Evidence)), st.sets(st.sampled_from(list(Limit))))
def test_making_any_row_worse_never_makes_the_verdict_better(
    drawn: list[tuple[str, Outcome, bool]], evidence: Evidence, limits: set[Limit]
) -> None:
    """Worst wins."""
    rows = [row(name, outcome, armed=armed) for name, outcome, armed in drawn]
    before = judge(rows, [region(evidence)], "abc", limits).word

    for index, (name, _, armed) in enumerate(drawn):
        worse = [*rows[:index], row(name, Outcome.BROKEN, armed=armed), *rows[index + 1 :]]
        assert ORDER.index(judge(worse, [region(evidence)], "abc", limits).word) >= ORDER.index(before)
    fewer = judge([item for item in rows if item.id != "a"], [region(evidence)], "abc", limits).word
    assert fewer in (VerdictWord.INCONCLUSIVE, VerdictWord.REFUSED)
