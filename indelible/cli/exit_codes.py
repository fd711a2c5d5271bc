"""Exit codes, and the worst of several.

    0  certified, or done                          5  the output cannot be written
    1  internal error                             10  certified with limits (0 with --accept-limits)
    2  wrong use                                  20  inconclusive
    3  an input cannot be read or is refused      30  refused: something was shown to leak
    4  a program or model is missing             130  interrupted

Over several files the worst counts: 30 > 20 > 1 > 5 > 4 > 2 > 3 > 10 > 0. A verdict on a file that leaks weighs most, then one
that shows nothing. Below stand the reasons why a file has no verdict at all: first what is wrong with the program (1), the
machine (5, 4) or the call (2), because it touches other files too, then what is wrong with that one input (3).
"""

from collections.abc import Iterable

_WORST_FIRST = (130, 30, 20, 1, 5, 4, 2, 3, 10, 0)

#: For ``indelible --help``.
HELP = """[bold]Exit codes[/]

0 certified, or done · 1 internal error · 2 wrong use · 3 an input cannot be read or is refused ·
4 a program or model is missing · 5 the output cannot be written · 10 certified with limits (0 with --accept-limits) ·
20 inconclusive · 30 refused · 130 interrupted.

Over several files: the worst of them, where 30 > 20 > 1 > 5 > 4 > 2 > 3 > 10 > 0."""


def worst(codes: Iterable[int]) -> int:
    """The code that stands for all; 0 for none."""
    return min(codes, key=_rank, default=0)


def _rank(code: int) -> int:
    return _WORST_FIRST.index(code) if code in _WORST_FIRST else _WORST_FIRST.index(1)
