"""The page of a run: every file is on it, none by its own name."""

from pathlib import Path
from typing import Any

from indelible.batch.index import write_index


def document(**fields: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "verdict": None,
        "sha256": None,
        "report": None,
        "regions": [],
        "limits": [],
        "reasons": [],
        "error": None,
    }
    return {"file": "Anna Eriksson.jpg", **empty, **fields}


def test_every_file_is_counted_and_none_is_named(tmp_path: Path) -> None:
    """Errors stand in the index too; a name that identifies somebody does not."""
    report = "indelible-0123456789ab.report.html"
    lines = [
        document(verdict="certified", report=f"/somewhere/{report}"),
        document(error={"code": "empty", "message": "The file is empty.", "remedy": "Copy it."}),
    ]

    page = write_index(tmp_path, lines).read_text("utf-8")

    assert report in page and "file-0001" in page and "file-0002" in page
    assert "Anna" not in page and "/somewhere" not in page
