"""The index of a run: counts that add up, worst first, filters for what is there, and what changed since the run before."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from indelible.model import Limit, Reason, VerdictWord
from indelible.reports import run_index
from indelible.reports.index import IndexEntry, render_index
from indelible.reports.run_index import CODES, Change

RUN = run_index.RunFacts(id="ab" * 32, policy="public/1", policy_sha256="c" * 64, suite="2026.11")


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
            sha256=_digest(place) if place % 5 != 4 else None,
        )
        for place in range(count)
    ]


def _digest(place: int) -> str:
    return hashlib.sha256(str(place).encode()).hexdigest()


def _order(data: bytes) -> list[str]:
    return re.findall(r'<tr class="(\w+)[^>]*><td><span class="badge \1"', data.decode())


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


# --- filters ----------------------------------------------------------------------------------------------------------


def test_each_choice_leaves_as_many_lines_as_it_says() -> None:
    """By verdict, by limit or reason, by change; nothing is offered that would leave no line."""
    entries = _entries(23)
    before = run_index.read(run_index.document(_entries(7), RUN, None))
    page = render_index(entries, run=RUN, trend=run_index.compare(entries, RUN, before)).decode()
    classes = [names.split() for names in re.findall(r'<tr class="([^"]+)">', page)]
    offered = re.findall(r'id="show-([\w-]+)">[^<]*<span class="many">(\d+)</span>', page)

    assert {name for name, _ in offered} == {*CODES, "R-META-RESIDUE", "L-METHOD-LOSSY", "same", "unmatched"}
    for name, count in offered:
        assert sum(name in names for names in classes) == int(count) > 0
        assert f".files:has(#show-{name}:checked) tbody tr:not(.{name})" in page


def test_without_a_choice_and_on_paper_every_line_is_shown() -> None:
    """What hides lines stands in rules for screens; each group begins with all."""
    page = render_index(_entries(23)).decode()

    assert page.count("display:none") == 1 and "@media screen{.files:has(" in page
    assert page.count('type="radio" name="by_verdict" checked>') == 1
    assert "<script" not in page and "onclick" not in page


# --- for machines, and for the next run -------------------------------------------------------------------------------


@pytest.mark.claim("T-VER-03")
@pytest.mark.parametrize("count", [0, 1, 23])
def test_the_twin_holds_what_the_page_shows(count: int) -> None:
    """The same files, verdicts and counts; it follows its schema, and reads again."""
    data = run_index.document(_entries(count), RUN, None)
    found = json.loads(data)

    Draft202012Validator.check_schema(run_index.schema())
    assert run_index.read(data) == found
    assert sum(found["counts"][name] for name in CODES) == found["counts"]["files"] == len(found["files"]) == count
    assert sorted(item["verdict"] for item in found["files"]) == sorted(_order(render_index(_entries(count))))
    assert (found["previous"], found["run"]["id"]) == (None, RUN.id)


def test_the_twin_is_the_same_twice_and_holds_no_time() -> None:
    """Same files, same bytes."""
    data = run_index.document(_entries(9), RUN, None)

    assert data == run_index.document(_entries(9), RUN, None)
    assert b"20:" not in data and b"At" not in data


def test_worse_better_same_new_and_gone() -> None:
    """Files are matched by their published bytes; one that could not be examined matches nothing."""
    refused, certified, limited = VerdictWord.REFUSED, VerdictWord.CERTIFIED, VerdictWord.CERTIFIED_WITH_LIMITS

    def entries(*pairs: tuple[int | None, VerdictWord | None]) -> list[IndexEntry]:
        return [
            IndexEntry(alias=f"file-{place}", verdict=word, sha256=None if key is None else _digest(key))
            for place, (key, word) in enumerate(pairs)
        ]

    old = entries(
        (1, certified), (2, refused), (3, limited), (4, certified), (None, None), (5, refused), (5, certified)
    )
    now = entries((3, limited), (1, refused), (2, certified), (9, certified), (None, None), (5, certified))
    trend = run_index.compare(now, RUN, run_index.read(run_index.document(old, RUN, None)))

    assert trend.changes == (
        Change.SAME,
        Change.WORSE,
        Change.BETTER,
        Change.UNMATCHED,
        Change.UNMATCHED,
        Change.BETTER,
    )
    assert trend.gone == 2 and trend.same_rules
    assert sum(trend.count(change) for change in Change) == len(now)

    page = re.sub(r"<[^>]+>|\s+", " ", render_index(now, run=RUN, trend=trend).decode().partition("</style>")[2])
    assert "1 worse, 2 better, 1 the same" in re.sub(r" +", " ", page)
    twin = json.loads(run_index.document(now, RUN, trend))
    assert twin["previous"]["changes"] == {"worse": 1, "better": 2, "same": 1, "unmatched": 2, "gone": 2}
    assert [item["change"] for item in twin["files"]] == [change.value for change in trend.changes]


def test_another_policy_or_suite_is_said() -> None:
    """A difference may come from there."""
    before = run_index.read(run_index.document(_entries(3), RUN, None))
    newer = run_index.RunFacts(id="cd" * 32, policy="court/1", policy_sha256="d" * 64, suite="2026.11")
    told = "Policy or suite are not those of the previous run"

    for run, says in ((RUN, False), (newer, True)):
        trend = run_index.compare(_entries(3), run, before)
        assert (told in render_index(_entries(3), run=run, trend=trend).decode()) is says


def test_no_previous_run_is_said_and_an_unreadable_one_too() -> None:
    """Neither reads like "nothing changed"."""
    assert "There is no previous run to compare with." in render_index(_entries(3)).decode()
    assert "cannot be read as one. Nothing is compared." in render_index(_entries(3), unreadable=True).decode()


def _changed(**members: Any) -> Callable[[bytes], bytes]:
    return lambda data: json.dumps({**json.loads(data), **members}).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data.decode().encode("utf-16"),
        lambda data: b"[" * 100_000,
        lambda data: data.replace(b'"regions":1', b'"regions":1.0', 1),
        lambda data: data.replace(b'"regions":1', b'"regions":-1', 1),
        lambda data: data.replace(b'"regions":1', b'"regions":1,"regions":1', 1),
        lambda data: data.replace(b"file-0001", b"<script>x", 1),
        lambda data: data.replace(b"file-0001/report.html", b"../report.html", 1),
        lambda data: data.replace(b'"verdict":"certified"', b'"verdict":"fine"', 1),
        lambda data: data.replace(b'"verdict":"refused"', b'"verdict":"certified"', 1),
        lambda data: b"[]",
        _changed(counts={**dict.fromkeys(CODES, 0), "files": 0}),
        _changed(extra=1),
        _changed(schema="indelible/index/2"),
        _changed(run={"id": "x"}),
    ],
)
def test_what_is_no_index_is_none(change: Callable[[bytes], bytes]) -> None:
    """The previous run comes from a disk: strict JSON, closed lists, counts that add up, or nothing is compared."""
    data = run_index.document(_entries(7), RUN, None)
    changed = change(data)
    assert changed != data

    with pytest.raises(ValueError):
        run_index.read(changed)
