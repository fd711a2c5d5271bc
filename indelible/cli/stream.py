"""Many files through one function: results to stdout in input order, progress to stderr if somebody watches."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console

from indelible.batch import local_executor
from indelible.cli.exit_codes import worst
from indelible.cli.show import Show
from indelible.cli.work import Line, Task, Work, error_line, watched
from indelible.errors import IndelibleError, OutputError, UsageError, internal_error
from indelible.inputs import walk
from indelible.model import Policy

#: Turns a line as it came from the worker, or an error's line, into the one that is printed.
Finish = Callable[[Task, Line], Line]


def files_of(inputs: Sequence[str], out: Path | None = None) -> list[Path]:
    """The files behind ``inputs``; results of an earlier run in ``out`` are not inputs. Raises `UsageError`."""
    if out is not None and any(_same(Path(item), out) for item in inputs):
        raise UsageError(
            "output_is_input", "The output folder is also an input.", "Choose another folder for the results."
        )
    files = list(walk(inputs, leave_out=() if out is None else (out,)))
    if not files:
        raise UsageError("no_input", "There is no file in the inputs.", "Name an image, or a folder with images.")
    return files


def tasks_of(
    files: Sequence[Path],
    policy: Policy,
    *,
    out: Path | None = None,
    name_template: str = "",
    format: str | None = None,
    key: Path | None = None,
    run_id: str | None = None,
    gallery: Path | None = None,
) -> Iterator[Task]:
    """One task per file, numbered from 1."""
    document = policy.to_dict()
    for number, path in enumerate(files, start=1):
        yield Task(
            path=path,
            number=number,
            policy=document,
            out=out,
            name_template=name_template,
            format=format,
            key=key,
            run_id=run_id,
            gallery=gallery,
        )


def collected() -> tuple[list[dict[str, Any]], Finish]:
    """A list, and a `Finish` that puts every printed document into it, errors too, without large parts."""
    documents: list[dict[str, Any]] = []

    def keep(task: Task, line: Line) -> Line:
        del task
        documents.append({**line.document, "findings": [], "checks": []})
        return line

    return documents, keep


def process(
    work: Work,
    tasks: Iterable[Task],
    *,
    total: int,
    jobs: int,
    show: Show,
    as_json: bool,
    accept_limits: bool = False,
    finish: Finish | None = None,
) -> int:
    """Run ``work`` over the tasks, print one result each, and return the exit code of the whole run."""
    given: list[Task] = []

    def remembered() -> Iterator[Task]:
        for task in tasks:
            given.append(task)
            yield task

    codes: set[int] = set()
    printer = Printer(show, as_json)
    with (
        progress_bar(total) as bar,
        watched(bar.stage),
        contextlib.closing(_closable(local_executor(min(jobs, total)).map(work, remembered()))) as outcomes,
    ):
        for number, outcome in enumerate(outcomes):
            task = given[number]
            given[number] = replace(task, plan=None)  # plans of a long run need not stay in memory
            if outcome.value is None:
                line = error_line(work, task.path, outcome.error or internal_error())
            else:
                line = outcome.value
            if finish is not None:
                try:
                    line = finish(task, line)
                except IndelibleError as error:
                    line = error_line(work, task.path, error)
            with bar.aside():
                printer(line)
            bar.advance()
            codes.add(0 if accept_limits and line.exit_code == 10 else line.exit_code)
    return worst(codes)


STDOUT_CLOSED = "stdout_closed"


class Printer:
    """Prints each line at once: JSON for machines, words for people."""

    def __init__(self, show: Show, as_json: bool) -> None:
        self._show = show
        self._as_json = as_json
        self._console = Console(file=sys.stdout, highlight=False, soft_wrap=True)

    def __call__(self, line: Line) -> None:
        try:
            self._print(line)
        except OSError:  # a reader that went away, or a full disk: what follows would be lost
            raise OutputError(STDOUT_CLOSED, "The results cannot be written to standard output.", "") from None

    def _print(self, line: Line) -> None:
        if self._as_json:
            # ASCII only, so that a name of any bytes comes through as it stood in the argument list
            sys.stdout.write(json.dumps(line.document, ensure_ascii=True, allow_nan=False) + "\n")
        else:
            for text in self._show(line.document):
                self._console.print(text)
        sys.stdout.flush()


class Bar(Protocol):
    """Progress that stands aside while a result is printed."""

    def advance(self) -> None: ...

    def stage(self, name: str) -> None: ...

    def aside(self) -> contextlib.AbstractContextManager[None]: ...


@contextlib.contextmanager
def progress_bar(total: int) -> Iterator[Bar]:
    """A progress bar on stderr where that is a terminal; silence where it is not."""
    console = Console(stderr=True)
    if not console.is_terminal or not sys.stderr.isatty():
        yield _Silent()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("files"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[stage]}"),
    )
    progress = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
    bar = _Terminal(progress, total)
    try:
        progress.start()
        yield bar
    finally:
        progress.stop()


class _Silent:
    def advance(self) -> None:
        return None

    def stage(self, name: str) -> None:
        del name

    def aside(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()


class _Terminal:
    def __init__(self, progress: Any, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("files", total=total, stage="")

    def advance(self) -> None:
        self._progress.update(self._task, advance=1, stage="")

    def stage(self, name: str) -> None:
        self._progress.update(self._task, stage=name, refresh=True)  # a short stage is seen too

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        self._progress.stop()  # stdout may be the same terminal
        try:
            yield
        finally:
            self._progress.start()


def _closable(outcomes: Iterator[Any]) -> Any:
    """Generators can be closed; other iterators need nothing."""
    return outcomes if hasattr(outcomes, "close") else contextlib.ExitStack()


def _same(one: Path, other: Path) -> bool:
    with contextlib.suppress(OSError):
        return one.is_dir() and other.is_dir() and one.samefile(other)
    return False
