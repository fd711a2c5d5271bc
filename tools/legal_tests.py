"""Write into the legal pack which of its tests exist: the ids that tests carry as ``@pytest.mark.claim("T-...")``.

    python tools/legal_tests.py

To be run when a test with a new id was written; the pack's digest changes, and its version should when a demand does.
"""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACK = ROOT / "reports" / "legal" / "core.json"
_MARKER = re.compile(r'pytest\.mark\.claim\("(T-[A-Z0-9-]+)"\)')


def main() -> None:
    """Refresh ``tests`` and ``later``."""
    pack = json.loads(PACK.read_text("utf-8"))
    marked = {name for file in (ROOT / "tests").rglob("test_*.py") for name in _MARKER.findall(file.read_text("utf-8"))}
    wanted = {test for item in pack["demands"] for test in item["tests"]}
    pack["tests"] = sorted(name for name in marked if any(fnmatchcase(name, test) for test in wanted))
    pack["later"] = sorted(test for test in wanted if not any(fnmatchcase(name, test) for name in marked))
    PACK.write_text(json.dumps(pack, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    print(f"{len(pack['tests'])} tests, to be written: {', '.join(pack['later']) or 'none'}")


if __name__ == "__main__":
    main()
