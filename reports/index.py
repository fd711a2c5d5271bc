"""The index of a run: one line per file, worst first, with counts that add up to the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indelible.model import Limit, Reason, VerdictWord
from indelible.reports.page import page
from indelible.reports.safe import code, form, number, words

#: Worst first; None (the file could not be examined) stands where its exit code stands.
_ORDER: tuple[VerdictWord | None, ...] = (
    VerdictWord.REFUSED,
    VerdictWord.INCONCLUSIVE,
    None,
    VerdictWord.CERTIFIED_WITH_LIMITS,
    VerdictWord.CERTIFIED,
)
_NOT_EXAMINED = "not_examined"
_MARKS = {
    VerdictWord.REFUSED: "mark.broken",
    VerdictWord.INCONCLUSIVE: "mark.inconclusive",
    None: "mark.not_run",
    VerdictWord.CERTIFIED_WITH_LIMITS: "mark.resisted",
    VerdictWord.CERTIFIED: "mark.held",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """One file of a run. ``alias`` is neutral; ``verdict`` None means that the file could not be examined.

    ``report`` is the relative link to the file's page, downwards only, or None.
    """

    alias: str
    verdict: VerdictWord | None
    regions: int = 0
    limits: tuple[Limit, ...] = ()
    reasons: tuple[Reason, ...] = ()
    report: str | None = None


def render_index(entries: Sequence[IndexEntry]) -> bytes:
    """The run's ``index.html``; entries of one verdict keep their order. Raises ValueError for an alias or link not of
    its closed form."""
    shown = sorted(entries, key=lambda entry: _ORDER.index(entry.verdict))
    counts = [(word, sum(entry.verdict is word for entry in entries)) for word in _ORDER]
    if sum(count for _, count in counts) != len(entries):
        raise ValueError("the counts do not add up")
    return page(
        "index.html.j2",
        {
            "total": number(len(entries)),
            "counts": [
                {
                    "code": code(_code(word), _CODES),
                    "word": words(_text(word)),
                    "count": number(count),
                    "icon": {item.value: item is word for item in VerdictWord},
                }
                for word, count in counts
            ],
            "entries": [_line(entry) for entry in shown],
        },
    )


_CODES = (*(word.value for word in VerdictWord), _NOT_EXAMINED)


def _code(word: VerdictWord | None) -> str:
    return _NOT_EXAMINED if word is None else word.value


def _text(word: VerdictWord | None) -> str:
    return "verdict.error" if word is None else f"verdict.{word.value}"


def _line(entry: IndexEntry) -> dict[str, object]:
    return {
        "code": code(_code(entry.verdict), _CODES),
        "word": words(_text(entry.verdict)),
        "mark": words(_MARKS[entry.verdict]),
        "alias": form("alias", entry.alias),
        "regions": number(entry.regions),
        "codes": [*(code(item, Reason) for item in entry.reasons), *(code(item, Limit) for item in entry.limits)],
        "report": None if entry.report is None else form("link", entry.report),
    }
