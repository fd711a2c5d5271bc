"""The rules of LEAKS.md section 3 that bytes and metadata can break: severity, remedy, and the reason a row gives."""

from __future__ import annotations

from collections.abc import Iterable

from indelible.model import Finding, Outcome, Reason, Severity

_C, _H, _M, _L, _I = Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO

SEVERITY = {
    "L101": _H, "L102": _C, "L103": _H, "L104": _H, "L105": _H, "L106": _H, "L107": _H, "L108": _H, "L109": _C,
    "L110": _H, "L111": _M, "L112": _H, "L113": _M, "L114": _H, "L115": _M, "L116": _H, "L117": _I, "L118": _H,
    "L119": _M, "L150": _H, "L151": _M, "L152": _H, "L153": _H, "L154": _M, "L190": _H, "L191": _M, "L192": _H, "L193": _H,
    "L201": _C, "L202": _C, "L203": _C, "L204": _C, "L205": _C, "L206": _C, "L207": _C, "L208": _C, "L209": _C,
    "L210": _C, "L211": _C, "L212": _C, "L213": _C, "L214": _C, "L215": _C, "L216": _C,
    "L220": _C, "L301": _H, "L302": _H, "L303": _H, "L304": _H, "L305": _M, "L306": _H, "L307": _H, "L308": _H, "L309": _H,
    "L310": _H, "L311": _H, "L312": _M, "L313": _C, "L314": _L, "L315": _M,
    "L401": _C, "L404": _H, "L405": _C,
}  # fmt: skip

#: Rules about the file's place and not about its bytes.
OF_PLACE = frozenset({"L150", "L151", "L152", "L153", "L154", "L220"})

#: Rules that say that we cannot tell. L302 is one of them only where its content cannot be read.
CANNOT_TELL = frozenset({"L190", "L191", "L192", "L193", "L310", "L315"})

REWRITE = "Write the file again from its pixels alone."
_REMEDIES = {
    "L111": "Convert the colours to sRGB and write the file without its profile.",
    "L117": "Nothing to do: this names the software at most.",
    "L150": "Give the file a neutral name, and put it into a folder with one.",
    "L151": "Set the time of the last change to one that says nothing.",
    "L152": "Copy the file's bytes alone, without its attributes.",
    "L153": "Copy the file's bytes alone, without its streams.",
    "L154": "Give the file the usual owner and access rights.",
    "L192": "Install exiftool 12.57 or newer and verify again.",
    "L220": "Remove what lies beside the file, or pass on the file alone.",
    "L310": "Copy the file again from its source, or write it again from its pixels.",
    "L311": "Give the file the extension of its type.",
    "L315": "Verify a smaller file, or write this one again from its pixels.",
}

_HIDDEN_BYTES = frozenset({"L301", "L303", "L304", "L309", "L313"})


def finding(
    rule: str,
    channel: str,
    offset: int | None = None,
    *,
    severity: Severity | None = None,
    cannot_tell: bool | None = None,
) -> Finding:
    """A finding of this rule at a byte offset of the file (or of the whole file), with the rule's own severity."""
    return Finding(
        rule=rule,
        channel=channel,
        severity=SEVERITY[rule] if severity is None else severity,
        where="file" if offset is None else f"offset {offset}",
        remedy=_REMEDIES.get(rule, REWRITE),
        cannot_tell=rule in CANNOT_TELL if cannot_tell is None else cannot_tell,
    )


def reason_of(findings: Iterable[Finding]) -> tuple[Outcome, Reason | None]:
    """The outcome that findings add up to, and the reason code of the worst one (LEAKS.md section 2)."""
    telling = sorted((item for item in findings if item.severity is not _I), key=lambda item: item.severity.rank)
    broken = [item for item in telling if not item.cannot_tell]
    if broken:
        return Outcome.BROKEN, _reason(broken[0].rule)
    if not telling:
        return Outcome.HELD, None
    rules = {item.rule for item in telling}
    if rules == {"L211"}:
        return Outcome.INCONCLUSIVE, Reason.COVERAGE_GAP
    if rules & {"L190", "L191", "L193"}:
        return Outcome.INCONCLUSIVE, Reason.PARSERS_DISAGREE
    if "L192" in rules:
        return Outcome.INCONCLUSIVE, Reason.TOOL_ERROR
    return Outcome.INCONCLUSIVE, Reason.BUDGET_CUT if rules == {"L315"} else Reason.UNKNOWN_STRUCTURE


def _reason(rule: str) -> Reason:
    if rule == "L212":
        return Reason.C2PA_THUMBNAIL
    if rule.startswith("L2"):
        return Reason.THUMB_ORIGINAL
    return Reason.TRAILING_DATA if rule in _HIDDEN_BYTES else Reason.META_RESIDUE
