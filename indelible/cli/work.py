"""What is done to one file, as plain functions of one picklable task: they may run in another process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from indelible.cli.documents import choose_plan
from indelible.errors import IndelibleError, UsageError
from indelible.model import Policy, RedactionPlan

Plans = RedactionPlan | Mapping[str, RedactionPlan] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One file and everything that is decided about it. ``policy`` is a JSON object, so that it travels to a worker."""

    path: Path
    number: int
    policy: Mapping[str, Any]
    out: Path | None = None
    plan: RedactionPlan | None = None
    original: Path | None = None
    name_template: str = ""
    format: str | None = None
    gallery: Path | None = None
    key: Path | None = None
    run_id: str | None = None
    error: IndelibleError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is printed for one file, and its exit code."""

    document: dict[str, Any]
    exit_code: int


class Result(Protocol):
    """What the front doors return."""

    @property
    def exit_code(self) -> int: ...

    def to_dict(self) -> dict[str, Any]: ...


Work = Callable[[Task], Line]

#: Told the name of each stage while a file is worked on in this process; nobody listens in a worker.
Watcher = Callable[[str], None]
_WATCHERS: list[Watcher] = []


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Let ``watcher`` follow the stages of the files that this process works on."""
    _WATCHERS.append(watcher)
    try:
        yield
    finally:
        _WATCHERS.remove(watcher)


def _tell(stage: str) -> None:
    for watcher in _WATCHERS:
        watcher(stage)


def certify_file(task: Task) -> Line:
    """``indelible certify`` on one file."""
    from indelible import api

    _raise(task)
    result = api.certify(
        task.path,
        _out(task),
        plan=task.plan,
        policy=Policy.from_dict(task.policy),
        format=task.format,
        gallery=task.gallery,
        alias=f"file-{task.number:04d}",
        name_template=task.name_template,
        index=task.number,
        progress=_tell,
        run_id=task.run_id,
        key=task.key,
    )
    return _line(result)


def redact_file(task: Task) -> Line:
    """``indelible redact`` on one file."""
    from indelible import api

    _raise(task)
    policy = Policy.from_dict(task.policy)
    result = api.redact(
        task.path,
        _out(task),
        plan=task.plan,
        policy=policy,
        format=task.format,
        name_template=task.name_template,
        index=task.number,
    )
    return _line(result)


def detect_file(task: Task) -> Line:
    """``indelible detect`` on one file."""
    from indelible import api

    _raise(task)
    return _line(
        api.detect(task.path, policy=Policy.from_dict(task.policy), preview=task.out, index=task.number, progress=_tell)
    )


def plan_file(task: Task) -> Line:
    """``indelible plan`` on one file: the plan itself; the caller writes it, so that names are given in input order."""
    from indelible import api

    _raise(task)
    plan = api.plan(task.path, policy=Policy.from_dict(task.policy))
    return Line(document=plan.to_dict(), exit_code=0)


def verify_file(task: Task) -> Line:
    """``indelible verify`` on one file."""
    from indelible import api

    _raise(task)
    result = api.verify(
        task.path,
        original=task.original,
        plan=task.plan,
        policy=Policy.from_dict(task.policy),
        gallery=task.gallery,
        progress=_tell,
    )
    return _line(result)


def with_plans(tasks: Iterable[Task], plans: Plans) -> Iterator[Task]:
    """Give each task its plan; a file that has none becomes an error, never a silent search."""
    from indelible.media import read_file

    for task in tasks:
        try:
            source = read_file(task.path) if isinstance(plans, Mapping) else None
            plan = choose_plan(plans, source)
        except IndelibleError as error:
            yield replace(task, error=error)
        else:
            yield replace(task, plan=plan)


def with_originals(tasks: Iterable[Task], originals: Path | None, plans: Plans) -> Iterator[Task]:
    """Give each published file its original and its plan.

    Of a folder of originals, the one of the same file name; of a folder of plans, the one made for that original.
    """
    from indelible.media import read_file

    for task in tasks:
        original = originals / task.path.name if originals is not None and originals.is_dir() else originals
        try:
            if original is not None and not original.exists():
                raise UsageError(
                    "original_not_found",
                    "No original of this name was found.",
                    "Name the original itself: --original FILE, one published file at a time.",
                )
            source = read_file(original) if isinstance(plans, Mapping) and original is not None else None
            plan = choose_plan(plans, source)
        except IndelibleError as error:
            yield replace(task, error=error)
        else:
            yield replace(task, plan=plan, original=original)


#: Every key of each verb's line, as it stands when there is no result.
_EXAMINED: Mapping[str, Any] = {
    "verdict": None,
    "sha256": None,
    "seconds": None,
    "regions": [],
    "findings": [],
    "checks": [],
    "limits": [],
    "reasons": [],
    "not_examined": [],
}
EMPTY: Mapping[Work, Mapping[str, Any]] = {
    certify_file: {
        **_EXAMINED,
        "output": None,
        "quarantine": None,
        "certificate": None,
        "envelope": None,
        "report": None,
    },
    verify_file: _EXAMINED,
    redact_file: {"output": None, "sha256": None, "seconds": None, "regions": [], "not_examined": []},
    plan_file: {"plan": None, "redactions": None},
    detect_file: {
        "width": None,
        "height": None,
        "frames": None,
        "seconds": None,
        "detections": [],
        "not_examined": [],
        "preview": None,
    },
}


def error_line(work: Work, path: Path, error: IndelibleError) -> Line:
    """The line of a file without a result: the same keys, and the error."""
    return Line(
        document={"file": os.fspath(path), **EMPTY[work], "error": error.to_dict()},
        exit_code=error.exit_code,
    )


def _line(result: Result) -> Line:
    return Line(document=result.to_dict(), exit_code=result.exit_code)


def _raise(task: Task) -> None:
    if task.error is not None:
        raise task.error


def _out(task: Task) -> Path:
    if task.out is None:
        raise ValueError("this task has no folder for its output")
    return task.out
