"""Write what a checker has to know: the checks of the present suite, and the data lines of the checker in one file.

    .venv/bin/python tools/suites.py

`reports/schema/suites.json` gets the registered checks of the present suite, beside those of the older ones, which are never written
again: raise `indelible.verify.checks.SUITE` first where a suite that was released changes. `reports/standalone/indelible_check.py` gets
schema and suites as two lines of data.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from indelible.verify.checks import CHECKS, SUITE

REPORTS = Path(__file__).resolve().parents[1] / "reports"
SUITES, SCHEMA = REPORTS / "schema" / "suites.json", REPORTS / "schema" / "certificate-0.1.json"
RUN = REPORTS / "schema" / "run-0.1.json"
STANDALONE = REPORTS / "standalone" / "indelible_check.py"
_UNUSED = {"$schema", "$id", "title", "description"}


def present() -> list[str]:
    """The versioned checks that are registered now."""
    return sorted(f"{check.id}/{check.version}" for _, check in CHECKS)


def shorter(schema: Any) -> Any:
    """The schema as the one file reads it: no titles, and no ``required`` where every listed member is required."""
    if isinstance(schema, list):
        return [shorter(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "object" and set(schema.get("required", ())) == set(schema.get("properties", ())):
        schema = {name: item for name, item in schema.items() if name != "required"}
    elif schema.get("type") == "object":
        schema = {"required": [], **schema}
    return {name: shorter(item) for name, item in schema.items() if name not in _UNUSED}


def embedded(text: str) -> str:
    """The one file with its data lines written again."""
    schema = shorter(json.loads(SCHEMA.read_text("utf-8")))
    run = shorter(json.loads(RUN.read_text("utf-8")))
    used = ("proof", "checkpoint", "hash", "digested")
    schema["$defs"] |= {name: run["$defs"][name] for name in used}
    suites = json.loads(SUITES.read_text("utf-8"))
    for name, kind, value in (("SCHEMA", "Any", schema), ("SUITES", "dict[str, list[str]]", suites)):
        data = json.dumps(value, separators=(",", ":"), sort_keys=True)
        if "'''" in data:
            raise ValueError("the data cannot stand in a raw text")
        line = f"{name}: {kind} = json.loads(r'''{data}''')"
        text = re.sub(rf"^{name}: .*$", lambda _, line=line: line, text, flags=re.MULTILINE)  # type: ignore[misc]
    return text


def main() -> None:
    """Write both."""
    suites = json.loads(SUITES.read_text("utf-8")) if SUITES.exists() else {}
    suites[SUITE] = present()
    SUITES.write_text(json.dumps(suites, indent=1, sort_keys=True) + "\n", "utf-8")
    STANDALONE.write_text(embedded(STANDALONE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
