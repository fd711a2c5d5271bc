"""Write reports/schema/suites.json: the registered checks of the present suite, beside those of the older ones.

    .venv/bin/python tools/suites.py

Raise `indelible.verify.checks.SUITE` first where a suite that was released changes: an older suite's list is never written again.
"""

import json
from pathlib import Path

from indelible.verify.checks import CHECKS, SUITE

FILE = Path(__file__).resolve().parents[1] / "reports" / "schema" / "suites.json"


def present() -> list[str]:
    """The versioned checks that are registered now."""
    return sorted(f"{check.id}/{check.version}" for _, check in CHECKS)


def main() -> None:
    """Write the list."""
    suites = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    suites[SUITE] = present()
    FILE.write_text(json.dumps(suites, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
