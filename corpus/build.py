"""Write the corpus to a folder: each case's files, and ``expected.json`` with what each must draw."""

from __future__ import annotations

import json
from pathlib import Path

from indelible.corpus.case import Case, cases


def build(folder: Path, seed: int, per_recipe: int = 1) -> int:
    """Write every case; same seed, same bytes.

    Args:
        folder: made if missing. Files: ``NAME.published.EXT``, and ``NAME.original.jpg`` or ``.png`` and
            ``NAME.plan.json`` where the case has them.
        seed: the first seed.
        per_recipe: how many pairs of each recipe.

    Returns:
        The number of cases.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries = [_write(folder, case) for case in cases(seed, per_recipe)]
    _dump(folder / "expected.json", entries)
    return len(entries)


def _write(folder: Path, case: Case) -> dict[str, object]:
    published = f"{case.name}.published{case.extension}"
    (folder / published).write_bytes(case.published)
    entry: dict[str, object] = {
        "name": case.name,
        "recipe": case.recipe,
        "note": case.note,
        "leaky": case.leaky,
        "published": published,
        "expected": [{"rule": rule, "channel": channel} for rule, channel in sorted(case.expected)],
        "rerun": case.redactor is not None,
    }
    if case.original is not None:
        name = f"{case.name}.original" + (".png" if case.original.startswith(b"\x89PNG") else ".jpg")
        (folder / name).write_bytes(case.original)
        entry["original"] = name
    if case.plan is not None:
        name = f"{case.name}.plan.json"
        _dump(folder / name, case.plan.to_dict())
        entry["plan"] = name
    return entry


def _dump(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
