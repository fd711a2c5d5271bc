"""Plans and policies as files: read with a size limit and strict JSON, found by the picture that they were made for."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indelible.errors import IndelibleError, OutputError, UsageError
from indelible.model import RedactionPlan
from indelible.output import make_folder, write_file

MAX_BYTES = 8 * 1024 * 1024
PLAN_SUFFIX = ".plan.json"


def read_json(path: Path, what: str) -> Any:
    """One strict JSON document: UTF-8, no duplicate keys, no NaN. Raises `UsageError`; ``what`` names it in the message."""
    untrusted = _bytes_of(path, what)
    try:
        return json.loads(untrusted.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise UsageError(
            f"{what}_wrong", f"The {what} file is not strict JSON.", "No comments, no double keys, no NaN; UTF-8."
        ) from None


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """One TOML document. Raises `UsageError`; ``what`` names it in the message."""
    untrusted = _bytes_of(path, what)
    try:
        return tomllib.loads(untrusted.decode("utf-8"))
    except (ValueError, RecursionError):
        raise UsageError(f"{what}_wrong", f"The {what} file is not TOML.", "See the example in the README.") from None


def _bytes_of(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as stream:
            untrusted = stream.read(MAX_BYTES + 1)
    except OSError:
        raise UsageError(f"{what}_unreadable", f"The {what} file cannot be read.", "Check the name.") from None
    if len(untrusted) > MAX_BYTES:
        raise UsageError(f"{what}_too_large", f"The {what} file is larger than {MAX_BYTES >> 20} MiB.", "Split it.")
    return untrusted


def read_plan(path: Path) -> RedactionPlan:
    """One plan file. Raises `UsageError` naming the field that is wrong."""
    try:
        return RedactionPlan.from_dict(read_json(path, "plan"))
    except ValueError as problem:
        raise UsageError("plan_wrong", f"The plan file is wrong: {problem}.", "Correct the field.") from None


def read_plans(path: Path) -> RedactionPlan | Mapping[str, RedactionPlan]:
    """One plan from a file, or every ``*.plan.json`` of a folder by its source's digest. Raises `UsageError`."""
    if not path.is_dir():
        return read_plan(path)
    plans: dict[str, RedactionPlan] = {}
    for file in sorted(path.glob(f"*{PLAN_SUFFIX}")):
        plan = read_plan(file)
        if plans.setdefault(plan.source.sha256, plan) != plan:
            raise UsageError("plan_twice", "Two plans in the folder are for the same file.", "Keep one of them.")
    return plans


def choose_plan(
    plans: RedactionPlan | Mapping[str, RedactionPlan] | None, source: bytes | None
) -> RedactionPlan | None:
    """The plan for the file with the bytes ``source``; None where no plan was asked for. Raises `UsageError`."""
    if plans is None or isinstance(plans, RedactionPlan):
        return plans
    plan = plans.get(hashlib.sha256(source).hexdigest()) if source is not None else None
    if plan is None and source is None and len(plans) == 1:
        return next(iter(plans.values()))
    if plan is None:
        raise UsageError(
            "plan_not_found", "No plan in the folder was made for this file.", "Make it with `indelible plan`."
        )
    return plan


def write_plan(folder: Path, stem: str, plan: Mapping[str, Any]) -> Path:
    """Write ``stem.plan.json``, or ``stem-2.plan.json`` if another picture's plan has the name.

    A plan for the same picture that somebody may have edited is not replaced. Raises `OutputError`.
    """
    data = (json.dumps(plan, indent=1, ensure_ascii=True) + "\n").encode("ascii")
    make_folder(folder)
    for number in range(1, 100_000):
        path = folder / f"{stem}{'' if number == 1 else f'-{number}'}{PLAN_SUFFIX}"
        if not path.exists():
            write_file(path, data)
            return path
        try:
            there = read_plan(path)
        except IndelibleError:
            continue
        if there.source.sha256 != plan["source"]["sha256"]:
            continue
        if there.to_dict() != dict(plan):
            raise OutputError(
                "plan_exists",
                "A different plan for this file is already there.",
                "Move it away, or choose another folder; edited plans are not replaced.",
            )
        return path
    raise OutputError("plan_names", "No name is free for the plan.", "Choose another folder.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key stands twice")
    return document


def _no_constant(name: str) -> Any:
    raise ValueError(name)
