"""The page of a run: one line per file, worst first, with counts that add up, filters without scripts, and a trend."""

from __future__ import annotations

from collections.abc import Sequence

from indelible.model import Limit, Reason, VerdictWord
from indelible.reports.page import page
from indelible.reports.run_index import (
    CODES,
    ORDER,
    Change,
    IndexEntry,
    RunFacts,
    Trend,
    counts,
)
from indelible.reports.safe import Safe, code, form, number, printed, words
from indelible.reports.view_evidence import View

__all__ = ["IndexEntry", "render_index"]

_MARKS = {
    VerdictWord.REFUSED: "mark.broken",
    VerdictWord.INCONCLUSIVE: "mark.inconclusive",
    None: "mark.not_run",
    VerdictWord.CERTIFIED_WITH_LIMITS: "mark.resisted",
    VerdictWord.CERTIFIED: "mark.held",
}
_TONES = {Change.WORSE: "broken", Change.BETTER: "held", Change.SAME: "not_run", Change.UNMATCHED: "not_run"}


def render_index(
    entries: Sequence[IndexEntry], *, run: RunFacts | None = None, trend: Trend | None = None, unreadable: bool = False
) -> bytes:
    """The run's ``index.html``; entries of one verdict keep their order.

    Args:
        entries: every file of the run, in input order.
        run: what was fixed before the first file was opened.
        trend: against the previous run, for the same entries; None without one.
        unreadable: an earlier index was there and is none: the page says so.

    Raises:
        ValueError: an alias, a digest or a link is not of its closed form.
    """
    by_code = counts(entries)
    order = sorted(range(len(entries)), key=lambda place: ORDER.index(entries[place].verdict))
    filters = _filters(entries, by_code, trend)
    return page(
        "index.html.j2",
        {
            "run": None if run is None else _run(run),
            "total": number(by_code["files"]),
            "counts": [
                {
                    "code": code(name, CODES),
                    "word": _word(word),
                    "count": number(by_code[name]),
                    "icon": {item.value: item is word for item in VerdictWord},
                }
                for name, word in zip(CODES, ORDER, strict=True)
            ],
            "trend": None if trend is None else _trend(by_code, trend),
            "since": words("trend.short_unreadable" if unreadable else "trend.short_none")
            if trend is None
            else words(
                "trend.short", *(number(trend.count(item)) for item in (Change.WORSE, Change.BETTER, Change.SAME))
            ),
            "unreadable": unreadable,
            "filters": filters if entries else [],
            "entries": [_line(entries[place], None if trend is None else trend.changes[place]) for place in order],
        },
        running=() if run is None else (words("index.title"), form("run", run.id)),
        more=_rules(filters),
    )


def _run(run: RunFacts) -> View:
    return {
        "id": form("run", run.id),
        "policy": form("policy", run.policy),
        "digest": form("digest", run.policy_sha256),
        "suite": form("suite", run.suite),
    }


def _word(word: VerdictWord | None) -> Safe:
    return words("verdict.error" if word is None else f"verdict.{word.value}")


def _line(entry: IndexEntry, change: Change | None) -> View:
    return {
        "code": code(entry.code, CODES),
        "word": _word(entry.verdict),
        "mark": words(_MARKS[entry.verdict]),
        "alias": form("alias", entry.alias),
        "regions": number(entry.regions),
        "codes": [*(code(item, Reason) for item in entry.reasons), *(code(item, Limit) for item in entry.limits)],
        "report": None if entry.report is None else form("link", entry.report),
        "change": None
        if change is None
        else {
            "code": code(change, Change),
            "tone": code(_TONES[change], _TONES.values()),
            "mark": words(f"change.mark.{change.value}"),
            "word": words(f"change.{change.value}"),
        },
    }


def _filters(entries: Sequence[IndexEntry], by_code: dict[str, int], trend: Trend | None) -> list[View]:
    """Groups of choices, each with how many files it leaves; a choice that leaves none is not offered."""
    groups = [
        (
            "by_verdict",
            [
                (code(name, CODES), _word(word), by_code[name])
                for name, word in zip(CODES, ORDER, strict=True)
                if by_code[name]
            ],
        )
    ]
    raised = [(item, sum(item in (*entry.reasons, *entry.limits) for entry in entries)) for item in (*Reason, *Limit)]
    if any(count for _, count in raised):
        found = [(code(item, type(item)), code(item, type(item)), count) for item, count in raised if count]
        groups.append(("by_code", found))
    if trend is not None:
        changes = [(code(item, Change), words(f"change.{item.value}"), trend.count(item)) for item in Change]
        groups.append(("by_change", [item for item in changes if item[2]]))
    return [
        {
            "name": code(name, ("by_verdict", "by_code", "by_change")),
            "legend": words(f"index.{name}"),
            "total": number(len(entries)),
            "choices": [{"code": tag, "word": word, "count": number(count)} for tag, word, count in choices],
        }
        for name, choices in groups
    ]


def _rules(filters: Sequence[View]) -> str:
    """What hides the other lines while a choice is made; printed pages show every line."""
    hidden = [
        f".files:has(#show-{printed(choice['code'])}:checked) tbody tr:not(.{printed(choice['code'])})"
        for group in filters
        for choice in group["choices"]
    ]
    return f"@media screen{{{','.join(hidden)}{{display:none}}}}\n" if hidden else ""


def _trend(now: dict[str, int], trend: Trend) -> View:
    names = (*zip(CODES, ORDER, strict=True), ("files", None))
    return {
        "run": None
        if trend.run is None
        else {
            "id": form("run", trend.run["id"]),
            "policy": form("policy", trend.run["policy"]["id"]),
            "suite": form("suite", trend.run["suite"]),
        },
        "same_rules": trend.same_rules,
        "matched": words(
            "trend.matched",
            number(len(trend.changes) - trend.count(Change.UNMATCHED)),
            *(number(trend.count(item)) for item in (Change.WORSE, Change.BETTER, Change.SAME, Change.UNMATCHED)),
            number(trend.gone),
        ),
        "rows": [
            {
                "word": words("index.sum") if name == "files" else _word(word),
                "before": number(trend.counts[name]),
                "now": number(now[name]),
                "difference": _difference(now[name] - trend.counts[name]),
            }
            for name, word in names
        ],
    }


def _difference(value: int) -> Safe:
    if value == 0:
        return words("trend.equal")
    return words("trend.more" if value > 0 else "trend.fewer", number(abs(value)))
