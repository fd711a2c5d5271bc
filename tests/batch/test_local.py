"""One bad file never stops the others, and the results do not depend on how many run at once.

`eval` is the function under test: it can be pickled by name, and one of its items can compute, raise, or end the process.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indelible.batch import Executor, InProcess, LocalProcesses, Outcome, local_executor
from indelible.errors import InputError

SEGFAULT = "__import__('os').kill(__import__('os').getpid(), 11)"
OURS = "__import__('indelible.inputs', fromlist=['walk']) and list(__import__('indelible').inputs.walk(['s3://a/b']))"


def both() -> list[Executor]:
    return [InProcess(), LocalProcesses(2)]


@pytest.mark.parametrize("executor", both(), ids=["here", "workers"])
def test_outcomes_come_in_the_order_of_the_items(executor: Executor) -> None:
    """The first item takes longest; it still comes first."""
    items = ["__import__('time').sleep(0.4) or 0", "1", "2", "3", "4", "5"]

    assert [outcome.value for outcome in executor.map(eval, items)] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("executor", both(), ids=["here", "workers"])
def test_an_exception_is_one_items_error_without_its_text(executor: Executor) -> None:
    """An unexpected exception may quote a file's content; the report does not."""
    before, failed, after = executor.map(eval, ["1", "int('secret')", "2"])

    assert (before.value, after.value) == (1, 2)
    assert failed.error is not None
    assert failed.error.code == "internal_error"
    assert "secret" not in str(failed.error.to_dict())


@pytest.mark.parametrize("executor", both(), ids=["here", "workers"])
def test_an_error_of_ours_keeps_its_code(executor: Executor) -> None:
    """Exit code and remedy survive the way out of a worker."""
    (outcome,) = executor.map(eval, [OURS])

    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.exit_code) == ("url", 2)


def test_a_worker_that_dies_fails_only_its_own_file() -> None:
    """A segmentation fault in a decoder is one line of the report."""
    items = ["1", SEGFAULT, "2", "__import__('os')._exit(0)", "3", "4"]

    outcomes = list(LocalProcesses(2).map(eval, items))

    assert [outcome.error.code if outcome.error else outcome.value for outcome in outcomes] == [
        1,
        "worker_died",
        2,
        "worker_died",
        3,
        4,
    ]


def test_a_result_is_handed_on_before_the_items_are_read_to_their_end() -> None:
    """A million files are not listed, or held, before the first result."""
    read = 0

    def endless() -> Iterator[str]:
        nonlocal read
        while True:
            read += 1
            yield str(read)

    outcomes = LocalProcesses(2).map(eval, endless())
    first = next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]

    assert first.value == 1
    assert read < 100


def test_leaving_early_ends_the_workers_and_lets_them_clean_up(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a file runs that file's clean-up; nobody stays behind."""
    begun, cleaned = tmp_path / "begun", tmp_path / "cleaned"
    item = (
        "exec('import contextlib, pathlib, time\\n"
        "stack = contextlib.ExitStack()\\n"
        f'stack.callback(pathlib.Path("{cleaned}").touch)\\n'
        f'pathlib.Path("{begun}").touch()\\n'
        "with stack: time.sleep(60)')"
    )
    waiting = f"exec('import pathlib, time\\nwhile not pathlib.Path(\"{begun}\").exists(): time.sleep(0.01)')"
    outcomes = LocalProcesses(2).map(eval, [waiting, item])
    next(outcomes)
    started = time.monotonic()
    outcomes.close()  # type: ignore[attr-defined]

    assert time.monotonic() - started < 20
    assert cleaned.exists()


def test_one_job_runs_in_this_process() -> None:
    """No process is spawned for a single file."""
    (outcome,) = local_executor(1).map(eval, ["__import__('os').getpid()"])

    assert outcome.value == os.getpid()


def test_an_outcome_is_not_both() -> None:
    """A value beside an error would be printed as a result."""
    with pytest.raises(ValueError, match="or an error"):
        Outcome(value=1, error=InputError("empty", "The file is empty.", "Copy it again."))
