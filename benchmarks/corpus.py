"""How much of the corpus the verifier catches, and how many clean files it accuses.

    python benchmarks/corpus.py --cases 500 [--seed 1] [--only jpeg.]

Prints a markdown table: per recipe the leaky cases, those that drew every expected rule at its channel, and the clean twins
with a finding above info. Every miss is listed below it. The detectors that look for what the locator overlooked are left
out (family ``residual``): they take seconds per file and look for something else.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indelible.corpus.case import RECIPES, Case, Expected, cases
from indelible.model import Outcome, Severity
from indelible.verify.checks import CHECKS
from indelible.verify.controls import observe
from indelible.verify.run import lay_out
from indelible.verify.subject import Subject

_LEFT_OUT = frozenset({"residual"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the checks said about one case. ``failed`` are checks that ended in an error."""

    case: Case
    found: frozenset[Expected]
    failed: tuple[str, ...]

    @property
    def missed(self) -> frozenset[Expected]:
        """Expected and not found."""
        return self.case.expected - self.found


def examined(case: Case, *, without: frozenset[str] = frozenset()) -> Result:
    """Run every check that applies to a case, but the detectors.

    Args:
        case: to be examined.
        without: families that are left out as well, for a quicker run.
    """
    left_out = _LEFT_OUT | without
    subject = subject_of(case)
    found: set[Expected] = set()
    failed = []
    for name, check in CHECKS:
        if check.family in left_out or check.applies(subject) is not None:
            continue
        outcome, observation = observe(check, subject)
        if outcome is Outcome.ERROR:
            failed.append(name)
        found |= {(item.rule, item.channel) for item in observation.findings if item.severity is not Severity.INFO}
    return Result(case=case, found=frozenset(found), failed=tuple(failed))


def subject_of(case: Case) -> Subject:
    """The case as an examination sees it."""
    return lay_out(
        case.published,
        original=case.original,
        plan=case.plan,
        redactor=case.redactor,
        regions=case.redactor.regions if case.redactor is not None else None,
        extension=case.extension,
    )


def table(results: Sequence[Result]) -> str:
    """Markdown: one row per recipe, a total, then the misses and false alarms by name."""
    lines = ["| recipe | leaky | caught | clean twins | accused |", "|---|---|---|---|---|"]
    for name in sorted({item.case.recipe for item in results}):
        lines.append(_line(f"`{name}`", [item for item in results if item.case.recipe == name]))
    lines.append(_line("**all**", results))
    lines.append("")
    for item in results:
        wrong = _spelt(item.missed) if item.case.leaky else _spelt(item.found)
        if wrong or item.failed:
            what = "missed" if item.case.leaky else "accused of"
            errors = f"; in error: {', '.join(item.failed)}" if item.failed else ""
            lines.append(f"- `{item.case.name}` {what} {wrong or 'nothing'}{errors}")
    return "\n".join(lines)


def _line(name: str, results: Sequence[Result]) -> str:
    leaky = [item for item in results if item.case.leaky]
    clean = [item for item in results if not item.case.leaky]
    caught = sum(not item.missed for item in leaky)
    accused = sum(bool(item.found) for item in clean)
    return f"| {name} | {len(leaky)} | {caught} | {len(clean)} | {accused} |"


def _spelt(found: Iterable[Expected]) -> str:
    return ", ".join(f"{rule} {channel}" for rule, channel in sorted(found))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; 1 if anything was missed or wrongly accused."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cases", type=int, default=500, help="at least this many cases")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--only", default="", help="recipes whose name begins so")
    options = parser.parse_args(arguments)
    names = frozenset(name for name in RECIPES.names() if name.startswith(options.only))
    per_recipe = max(1, -(-options.cases // (2 * max(1, len(names)))))
    started = time.perf_counter()
    results = [examined(case) for case in cases(options.seed, per_recipe, names)]
    print(table(results))
    print(f"{len(results)} cases in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return int(any(item.missed or item.failed or (item.found and not item.case.leaky) for item in results))


if __name__ == "__main__":
    raise SystemExit(main())
