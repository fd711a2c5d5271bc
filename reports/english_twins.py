"""Texts of the exports for machines, keyed as the others."""

from __future__ import annotations

TWINS = {
    "twin.suites": "indelible: verification certificates",
    "twin.row": "{0} {1}",
    "twin.region": "region {0}: {1}",
    "twin.verdict": "verdict",
    "twin.group.missing": "missing",
    "twin.group.regions": "regions",
    "twin.group.verdict": "verdict",
    "twin.missing": "Did every check that the policy demands run?",
    "twin.region.asks": "What is shown about this redacted area?",
    "twin.verdict.asks": "Does everything together let the file pass?",
    "twin.leak": "{0} {1}: {2}; {3}, {4}",
    "twin.message": "{0}: {1}.",
    "twin.message.sentence": "{0}: {1}",
    "twin.result": "{0} {1}.",
    "twin.result.sentence": "{0} {1}",
    "twin.do": "What to do: {0}",
    "twin.file": "file {0}",
    "twin.leak.message": "{0} ({1}, {2}).",
    "twin.pack": "{0} {1}",
}
