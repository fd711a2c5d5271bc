"""The index of a run: counts that add up, worst first."""

from __future__ import annotations

import re

import pytest

from indelible.model import Limit, Reason, VerdictWord
from indelible.reports.index import IndexEntry, render_index


def _entries(count: int) -> list[IndexEntry]:
    verdicts: tuple[VerdictWord | None, ...] = (*VerdictWord, None)
    return [
        IndexEntry(
            alias=f"file-{place:04d}",
            verdict=verdicts[place % 5],
            regions=place % 7,
            limits=(Limit.METHOD_LOSSY,) if place % 5 == 1 else (),
            reasons=(Reason.META_RESIDUE,) if place % 5 == 3 else (),
            report=f"file-{place:04d}/report.html" if place % 5 != 4 else None,
        )
        for place in range(count)
    ]


def _order(data: bytes) -> list[str]:
    return re.findall(r'<tr><td><span class="badge (\w+)"', data.decode())


def test_worst_first_and_nothing_lost() -> None:
    """Refused on top, certified at the bottom, each file once."""
    data = render_index(_entries(23))
    order = _order(data)
    rank = ["refused", "inconclusive", "not_examined", "certified_with_limits", "certified"]

    assert len(order) == 23
    assert order == sorted(order, key=rank.index)
    assert sorted(set(re.findall(rb"file-\d{4}(?=<| <)", data))) == [f"file-{n:04d}".encode() for n in range(23)]


@pytest.mark.claim("T-VER-03")
@pytest.mark.parametrize("count", [0, 1, 23])
def test_counts_add_up_to_the_total(count: int) -> None:
    """The five counts are the total."""
    data = render_index(_entries(count)).decode()
    counts = [int(value) for value in re.findall(r"<strong>(\d+)</strong>", data)]

    assert sum(counts) == count
    assert f"Files in this run: {count}<" in data


def test_a_refused_file_is_one_click_away() -> None:
    """Each report is linked, relatively."""
    data = render_index(_entries(5)).decode()

    assert '<a href="file-0003/report.html">file-0003</a>' in data


def test_thousand_files_fit() -> None:
    """At most 1 MB."""
    assert len(render_index(_entries(1000))) <= 1_000_000


@pytest.mark.parametrize("link", ["https://example.org/", "../x.html", "/x", "javascript:alert(1)", "a\\b", "x?y"])
def test_link_out_of_the_run_is_refused(link: str) -> None:
    """A report lies beside its index, or below."""
    with pytest.raises(ValueError):
        render_index([IndexEntry(alias="file-1", verdict=None, report=link)])


def test_hostile_alias_is_refused() -> None:
    """An alias is a neutral name here too."""
    with pytest.raises(ValueError):
        render_index([IndexEntry(alias="<script>", verdict=None)])
