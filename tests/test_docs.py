"""The reference in docs/ names what the code can say, and nothing else."""

import re
from pathlib import Path

from indelible.model import Limit, Reason
from indelible.verify.checks import CHECKS

CODES = Path(__file__).parents[1] / "docs" / "codes.md"


def test_every_code_is_explained() -> None:
    """Rules of the checks, limits, reasons, and the ids of the checks themselves."""
    text = CODES.read_text("utf-8")
    raised = {rule for _, check in CHECKS for rule in check.rules}

    assert raised == set(re.findall(r"^\| `(L\d{3})` \|", text, re.MULTILINE))
    assert {limit.value for limit in Limit} == set(re.findall(r"^\| `(L-[A-Z-]+)` \|", text, re.MULTILINE))
    assert {reason.value for reason in Reason} == set(re.findall(r"^\| `(R-[A-Z0-9-]+)` \|", text, re.MULTILINE))
    assert set(CHECKS.names()) == set(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", text, re.MULTILINE))
