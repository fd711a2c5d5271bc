"""Results for people: one line per file, details indented below it. Names are shown so that they cannot play tricks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rich.text import Text

from indelible.reports.english import ENGLISH

Document = Mapping[str, Any]
Show = Callable[[Document], Iterator[Text]]

_STYLES = {
    "certified": "bold green",
    "certified_with_limits": "bold yellow",
    "inconclusive": "bold magenta",
    "refused": "bold red",
    "error": "bold red",
    "done": "bold green",
}
_WIDTH = len("certified with limits") + 2
_MOST_FINDINGS = 20


def shown(name: object) -> str:
    """A file's name on one line: what cannot be printed, and what would move the cursor, is escaped."""
    return "".join(char if char.isprintable() else _escaped(char) for char in str(name))


def examined(document: Document) -> Iterator[Text]:
    """`certify` and `verify`."""
    if document["error"]:
        yield _error(document)
        return
    word = document["verdict"]
    regions = len(document["regions"])
    line = _head(word.replace("_", " "), word, document)
    line.append(f"  {regions} region{'' if regions == 1 else 's'}, {document['seconds']:.1f} s")
    if document.get("output"):
        line.append(f"  -> {shown(document['output'])}")
    yield line
    for label in ("reasons", "limits"):
        if document[label]:
            yield Text(f"    {label}: {', '.join(document[label])}", style="dim")
    findings = document["findings"]
    for finding in findings[:_MOST_FINDINGS]:
        meaning = ENGLISH.get(f"rule.{finding['rule']}", "")
        yield Text(f"    {finding['rule']} {finding['severity']}: {meaning} ({finding['channel']}, {finding['where']})")
    for remedy in dict.fromkeys(finding["remedy"] for finding in findings if finding["severity"] != "info"):
        yield Text(f"    what to do: {remedy}")
    if len(findings) > _MOST_FINDINGS:
        yield Text(f"    and {len(findings) - _MOST_FINDINGS} more findings: see --json", style="dim")
    if document.get("report"):
        yield Text(f"    report: {shown(document['report'])}", style="dim")


def detected(document: Document) -> Iterator[Text]:
    """`detect`."""
    if document["error"]:
        yield _error(document)
        return
    count = len(document["detections"])
    line = _head(f"{count} found", "done", document)
    line.append(f"  {document['width']} x {document['height']}, {document['seconds']:.1f} s")
    yield line
    for item in document["detections"]:
        entity = f" {item['entity']}" if item["entity"] else ""
        x, y, width, height = item["box"]
        yield Text(
            f"    {item['kind']}{entity}  {width} x {height} at {x},{y}  {item['score']:.2f}  {item['detector']}"
        )
    for item in document["not_examined"]:
        yield Text(f"    not examined: {item['kind']} ({item['reason']})", style="dim")
    if document["preview"]:
        yield Text(f"    preview: {shown(document['preview'])}", style="dim")


def planned(document: Document) -> Iterator[Text]:
    """`plan`."""
    if document["error"]:
        yield _error(document)
        return
    line = _head("planned", "done", document)
    line.append(f"  {document['redactions']} redactions  -> {shown(document['plan'])}")
    yield line


def redacted(document: Document) -> Iterator[Text]:
    """`redact`."""
    if document["error"]:
        yield _error(document)
        return
    line = _head("redacted", "done", document)
    line.append(f"  {len(document['regions'])} regions, {document['seconds']:.1f} s  -> {shown(document['output'])}")
    yield line
    yield Text("    not certified: `indelible verify` examines it", style="dim")


def _head(word: str, style: str, document: Document) -> Text:
    line = Text()
    line.append(word.ljust(_WIDTH), style=_STYLES[style])
    line.append(shown(document["file"]))
    return line


def _error(document: Document) -> Text:
    error = document["error"]
    line = _head("error", "error", document)
    line.append(f"  {error['message']} {error['remedy']}")
    return line


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
