"""Assertions for other people's test suites: does a redaction hold?

    def test_badge_photo(tmp_path):
        my_redactor("badge.jpg", tmp_path / "out.jpg")
        assert_redaction_holds("badge.jpg", tmp_path / "out.jpg", plan="badge.plan.json")

pytest loads this file in every run of everybody who has the package, so nothing heavy is imported before an assertion is used.
What it says in a failure is what a finding says: rule, place and remedy, never a value or a name from the file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from indelible.model import Policy, RedactionPlan
    from indelible.results import VerifyResult
    from indelible.verify.examination import Examination

PathLike = str | os.PathLike[str]

_MOST_FINDINGS = 12
#: Limits that stand for "the redactor cannot be run again here", so that nothing is shown by construction.
_NO_RERUN = frozenset({"L-NO-RERUN", "L-NO-ORIGINAL"})


class RedactionBroken(AssertionError):
    """A redaction that does not hold. ``result`` is the whole examination."""

    __slots__ = ("result",)

    def __init__(self, message: str, result: VerifyResult) -> None:
        super().__init__(message)
        self.result = result


class RedactionAssertion(Protocol):
    """`assert_redaction_holds`, with the options of the run as its defaults."""

    def __call__(
        self,
        original: PathLike | None,
        redacted: PathLike,
        *,
        plan: RedactionPlan | PathLike | None = None,
        policy: Policy | PathLike | None = None,
        accept_limits: Iterable[str] | None = None,
    ) -> VerifyResult: ...


def assert_redaction_holds(
    original: PathLike | None,
    redacted: PathLike,
    *,
    plan: RedactionPlan | PathLike | None = None,
    policy: Policy | PathLike | None = None,
    accept_limits: Iterable[str] = (),
) -> VerifyResult:
    """Examine a redacted file, made by any tool; raise where something leaks or where it cannot be told.

    Args:
        original: the source, if it is at hand. With it copies of the source inside the file are found.
        redacted: the file to be published.
        plan: what was to be redacted, or a plan file. Without one the redacted areas are searched for in the picture.
        policy: what must not be left in the picture; a named policy, a policy file or a `Policy`. Everything by default.
        accept_limits: limit codes that this test accepts, such as ``L-NO-RERUN``: the file was made by a tool that cannot be
            run again here, so that the examination found nothing, and nothing is shown by construction.

    Returns:
        The examination, for further assertions.

    Raises:
        RedactionBroken: with the rules, places and remedies.
        indelible.errors.IndelibleError: a file, plan or policy cannot be read, or a model is missing.
    """
    __tracebackhide__ = True
    accepted = _known_limits(accept_limits)
    result = _examined(original, Path(redacted), _plan(plan), _policy(policy))
    problem = _problem(result.examination, accepted)
    if problem is not None:
        hint = (
            ()
            if plan is not None
            else ("  no plan was given, so the redacted areas were guessed from the picture: plan=...",)
        )
        raise RedactionBroken("\n".join((problem, *hint, *_lines(result.examination, accepted))), result)
    return result


def _examined(
    original: PathLike | None, redacted: Path, plan: RedactionPlan | None, policy: Policy | None
) -> VerifyResult:
    """The bytes alone, under neutral names: what a test calls its files, and when it writes them, is not the redactor's doing."""
    import tempfile

    import indelible
    from indelible.media import read_file
    from indelible.output import write_file

    with tempfile.TemporaryDirectory(prefix="indelible-") as folder:
        suffix = redacted.suffix if redacted.suffix[1:].isalnum() and redacted.suffix.isascii() else ""
        published = Path(folder, "published", f"image{suffix}")
        published.parent.mkdir()
        write_file(published, read_file(redacted))
        result = indelible.verify(published, original=original, plan=plan, policy=policy)
    return replace(result, file=redacted)


def _problem(examination: Examination, accepted: frozenset[str]) -> str | None:
    """The headline of a failure, or None."""
    verdict = examination.verdict
    limits = {limit.value for limit in verdict.limits}
    if verdict.word.value == "refused":
        return "The redaction does not hold."
    if verdict.word.value == "inconclusive" and not (limits & accepted & _NO_RERUN and _only_not_rerun(examination)):
        return "It cannot be decided whether the redaction holds; that counts as a failure."
    if not limits <= accepted:
        return "The redaction holds with limits that this test does not accept."
    return None


def _only_not_rerun(examination: Examination) -> bool:
    """Whether every demanded row held, armed, and regions are undecided only because their redactor was not run again."""
    from indelible.model import Evidence, Outcome

    rows = [row for row in examination.rows if row.id in examination.required]
    complete = {row.id for row in rows} == set(examination.required)
    open_regions = [item for item in examination.regions if item.evidence is not Evidence.BY_CONSTRUCTION]
    return (
        complete
        and all(row.outcome is Outcome.HELD and row.armed for row in rows)
        and all(item.evidence is Evidence.UNKNOWN and item.method.startswith("solid/") for item in open_regions)
    )


def _lines(examination: Examination, accepted: frozenset[str]) -> Iterator[str]:
    """What is wrong and what to do, for whoever reads the build's log."""
    from indelible.model import Evidence, Outcome
    from indelible.reports.english import ENGLISH

    verdict = examination.verdict
    yield f"  verdict: {verdict.word.value.replace('_', ' ')}"
    for reason in verdict.reasons:
        yield f"  {reason.value}: {ENGLISH[f'reason.{reason.value}']}"
        yield f"    what to do: {ENGLISH[f'reason.{reason.value}.advice']}"
    for row in examination.rows:
        if row.outcome in (Outcome.HELD, Outcome.NOT_APPLICABLE) or row.id not in examination.required:
            continue
        yield f"  check {row.id}: {row.outcome.value}"
        findings = sorted(row.findings, key=lambda item: (item.severity.rank, item.rule, item.where))
        for item in findings[:_MOST_FINDINGS]:
            meaning = ENGLISH.get(f"rule.{item.rule}", "")
            yield f"    {item.rule} {item.severity.value}: {meaning} ({item.channel}, {item.where})"
        if len(findings) > _MOST_FINDINGS:
            yield f"    and {len(findings) - _MOST_FINDINGS} more"
        for remedy in dict.fromkeys(item.remedy for item in findings):
            yield f"    what to do: {remedy}"
    for region in examination.regions:
        if region.evidence in (Evidence.BROKEN, Evidence.UNKNOWN):
            yield f"  region {region.id} ({region.kind.value}, {region.method}): {region.evidence.value}"
    for limit in verdict.limits:
        if limit.value not in accepted:
            yield f"  {limit.value}: {ENGLISH[f'limit.{limit.value}']}"
            yield f"    what to do: {ENGLISH[f'limit.{limit.value}.advice']} Or accept it: accept_limits=[{limit.value!r}]."


def _known_limits(codes: Iterable[str]) -> frozenset[str]:
    from indelible.errors import UsageError
    from indelible.model import Limit

    if isinstance(codes, str):
        codes = (codes,)
    given, known = frozenset(codes), {limit.value for limit in Limit}
    if not given <= known:
        raise UsageError(
            "accept_limits", "accept_limits names a limit that does not exist.", f"Limits: {', '.join(sorted(known))}."
        )
    return given


def _plan(plan: RedactionPlan | PathLike | None) -> RedactionPlan | None:
    if not isinstance(plan, str | os.PathLike):
        return plan
    from indelible.cli.documents import read_plan

    return read_plan(Path(plan))


def _policy(policy: Policy | PathLike | None) -> Policy | None:
    if not isinstance(policy, str | os.PathLike):
        return policy
    from indelible.cli.choices import policy_of

    return policy_of(os.fspath(policy))


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--indelible-policy`` and ``--indelible-accept-limits``, and the same in the suite's own settings."""
    group = parser.getgroup("indelible", "redactions that hold")
    group.addoption("--indelible-policy", metavar="NAME|FILE", help="policy of the redaction_holds fixture")
    group.addoption(
        "--indelible-accept-limits", metavar="L-CODE,L-CODE", help="limits that the redaction_holds fixture accepts"
    )
    parser.addini("indelible_policy", "policy of the redaction_holds fixture", default="")
    parser.addini("indelible_accept_limits", "limits that the redaction_holds fixture accepts", "args", default=[])


@pytest.fixture(scope="session")
def indelible_options(pytestconfig: pytest.Config) -> Mapping[str, Any]:
    """What the command line and the suite's settings say: ``policy`` (or None) and ``accept_limits``. Override it at will."""
    asked = pytestconfig.getoption("--indelible-accept-limits")
    limits = [item.strip() for item in asked.split(",")] if asked else pytestconfig.getini("indelible_accept_limits")
    policy = pytestconfig.getoption("--indelible-policy") or pytestconfig.getini("indelible_policy") or None
    return {"policy": policy, "accept_limits": tuple(limits)}


@pytest.fixture
def redaction_holds(indelible_options: Mapping[str, Any]) -> RedactionAssertion:
    """`assert_redaction_holds` with policy and accepted limits from the command line or the suite's settings."""

    def holds(
        original: PathLike | None,
        redacted: PathLike,
        *,
        plan: RedactionPlan | PathLike | None = None,
        policy: Policy | PathLike | None = None,
        accept_limits: Iterable[str] | None = None,
    ) -> VerifyResult:
        __tracebackhide__ = True
        return assert_redaction_holds(
            original,
            redacted,
            plan=plan,
            policy=policy if policy is not None else indelible_options["policy"],
            accept_limits=indelible_options["accept_limits"] if accept_limits is None else accept_limits,
        )

    return holds


@pytest.fixture
def redaction_plan() -> Callable[..., RedactionPlan]:
    """Make a plan from boxes: ``redaction_plan("badge.jpg", [(40, 30, 80, 90)], kind="face")``."""

    def plan_of(
        original: PathLike, boxes: Iterable[tuple[int, int, int, int]], *, kind: str = "custom"
    ) -> RedactionPlan:
        from indelible.media import open_picture, read_file
        from indelible.model import Box, Kind, Redaction, RedactionPlan, Region, Source, State

        picture = open_picture(read_file(Path(original)))
        return RedactionPlan(
            source=Source(sha256=picture.sha256, width=picture.width, height=picture.height, frames=picture.frames),
            policy="public",
            redactions=tuple(
                Redaction(
                    id=f"r{number}",
                    kind=Kind(kind),
                    region=Region(box=Box(*box)),
                    source="human",
                    state=State.ACCEPTED,
                )
                for number, box in enumerate(boxes, start=1)
            ),
        )

    return plan_of
