"""The seam between many files and whatever works them off: this process, other processes, later a cluster."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from indelible.errors import IndelibleError, internal_error

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[Result]):
    """What became of one item: a value, or the error that is reported for it."""

    value: Result | None = None
    error: IndelibleError | None = None

    def __post_init__(self) -> None:
        if self.error is not None and self.value is not None:
            raise ValueError("an outcome is a value or an error")


class Executor(Protocol):
    """Runs a function over items. Outcomes come in the order of the items, as soon as they can."""

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Outcome[Result]]:
        """``function`` and the items are picklable. No item's failure, however violent, is another item's failure."""
        ...


def attempt(function: Callable[[Item], Result], item: Item) -> Outcome[Result]:
    """Run ``function`` on one item; every exception becomes an error without the exception's own text.

    ``INDELIBLE_TRACEBACK=1`` prints the traceback of an internal error to stderr, for whoever looks for its cause.
    """
    try:
        return Outcome(value=function(item))
    except IndelibleError as error:
        return Outcome(error=error)
    except Exception:
        if os.environ.get("INDELIBLE_TRACEBACK") == "1":
            traceback.print_exc()
        return Outcome(error=internal_error())
