"""A list of names to measure with, where nobody gives one: the thousand commonest surnames that the Faker package lists for one country.

Nothing is generated; the package's module is read as a table. Without the package there is a list of made-up names of the same lengths.
"""

from __future__ import annotations

import functools

import numpy as np

_STARTS = ("B", "Br", "C", "D", "F", "G", "Gr", "H", "J", "K", "L", "M", "N", "P", "R", "S", "Sch", "St", "T", "V", "W")
_MIDDLES = ("a", "ai", "e", "ee", "i", "o", "oo", "u", "y")
_ENDS = (
    "bert",
    "ck",
    "ger",
    "ham",
    "ley",
    "ll",
    "man",
    "mer",
    "n",
    "ner",
    "nson",
    "rd",
    "rris",
    "s",
    "son",
    "tt",
    "x",
    "z",
)


@functools.cache
def surnames(count: int = 1000) -> tuple[str, ...]:
    """So many different surnames, in a fixed order."""
    try:
        from faker.providers.person.en_US import Provider
    except ImportError:
        names: tuple[str, ...] = ()
    else:
        names = tuple(sorted(Provider.last_names))
    rng = np.random.default_rng(1000)
    chosen = [str(name) for name in rng.permutation(np.array(names, dtype=object))[:count]] if names else []
    known = set(chosen)
    while len(chosen) < count:
        parts = [rng.choice(_STARTS), rng.choice(_MIDDLES), rng.choice(_ENDS), rng.choice(("", "", "er", "ski", "ton"))]
        name = "".join(map(str, parts))
        if name not in known:
            known.add(name)
            chosen.append(name)
    return tuple(chosen)
