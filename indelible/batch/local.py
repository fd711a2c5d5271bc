"""On this machine: in this process, or in spawned worker processes that may die without harm to anybody else.

The standard library's pool breaks as a whole when one worker dies and cannot say which item killed it. Here each worker
holds one item at a time over its own pipe, so a death is that item's error, and a fresh worker takes the next one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from indelible.batch.executor import Executor, Item, Outcome, Result, attempt
from indelible.errors import IndelibleError

#: Items given out before the oldest unfinished one must be done, per worker: bounds what waits to be put in order.
READ_AHEAD = 8
_STOP_S = 5.0


def local_executor(jobs: int) -> Executor:
    """One job runs here; more run in as many worker processes."""
    return InProcess() if jobs <= 1 else LocalProcesses(jobs)


class InProcess:
    """One after the other, in this process."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Outcome[Result]]:
        """See `Executor.map`. A crash of native code ends this process too: use `LocalProcesses` for unknown files."""
        for item in items:
            yield attempt(function, item)


class LocalProcesses:
    """Spawned worker processes; results are streamed in the order of the items."""

    def __init__(self, jobs: int) -> None:
        if jobs < 1:
            raise ValueError("jobs: at least 1")
        self._jobs = jobs

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Outcome[Result]]:
        """See `Executor.map`. Leaving the iterator early ends the workers, and lets them clean up first."""
        workers: list[_Worker] = []
        done: dict[int, Outcome[Result]] = {}
        numbered = enumerate(items)
        following = next(numbered, None)
        turn = 0
        try:
            while True:
                while (
                    following is not None
                    and sum(worker.number is not None for worker in workers) < self._jobs
                    and following[0] < turn + self._jobs * READ_AHEAD
                ):
                    number, item = following
                    idle = next((worker for worker in workers if worker.number is None), None)
                    if idle is None:
                        idle = _start(function)
                        workers.append(idle)
                    if _give(idle, number, item):
                        following = next(numbered, None)
                    else:
                        workers.remove(idle)  # died between two items: nobody's item is lost, a fresh one takes it
                for worker in _ready(workers):
                    assert worker.number is not None
                    outcome = _take(worker)
                    done[worker.number] = outcome or Outcome(error=_died())
                    worker.number = None
                    if outcome is None:
                        _stop(worker)
                        workers.remove(worker)
                while turn in done:
                    yield done.pop(turn)
                    turn += 1
                if following is None and not done and all(worker.number is None for worker in workers):
                    return
        finally:
            for worker in workers:
                worker.process.terminate()
            for worker in workers:
                _stop(worker)


@dataclass(slots=True)
class _Worker:
    """One process, the pipe to it, and the number of the item that it works on."""

    process: SpawnProcess
    pipe: Connection[Any, Any]
    number: int | None = None


def _start(function: Callable[[Any], Any]) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(function, theirs), daemon=True)
    process.start()
    theirs.close()  # so that its death ends the pipe
    return _Worker(process=process, pipe=ours)


def _give(worker: _Worker, number: int, item: object) -> bool:
    try:
        worker.pipe.send(item)
    except (BrokenPipeError, ConnectionResetError):
        _stop(worker)
        return False
    worker.number = number
    return True


def _ready(workers: list[_Worker]) -> list[_Worker]:
    """Busy workers that have answered or died; waits for the first."""
    busy = {worker.pipe: worker for worker in workers if worker.number is not None}
    answered = wait(list(busy)) if busy else []
    return [worker for pipe, worker in busy.items() if pipe in answered]


def _take(worker: _Worker) -> Outcome[Any] | None:
    """The worker's answer, or None if it died."""
    try:
        answer = worker.pipe.recv()
    except Exception:  # the pipe's end, or half an answer
        return None
    return answer if isinstance(answer, Outcome) else None


def _stop(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.join(_STOP_S)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()


def _died() -> IndelibleError:
    return IndelibleError(
        "worker_died",
        "The process that worked on this file died.",
        "Try the file by itself; if it happens again, treat the file as harmful or the memory as too small.",
    )


def _work(function: Callable[[Any], Any], pipe: Connection[Any, Any]) -> None:
    """A worker's life: item in, outcome out. Ctrl-C is the parent's business; being ended cleans up first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send(attempt(function, pipe.recv()))
