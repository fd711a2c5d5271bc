"""Lists of names, places and ordinary words, from the Faker package, whose wheel carries them for dozens of countries.

Nothing is generated and nothing is downloaded: the modules of that package are read as tables, once, on first use (about 0.5 s).
Everything is folded: lower case, no accents, ``a`` to ``z``. A name that is an ordinary word somewhere ("Rose", "Long", "Berg") is
weak evidence, unless many countries list it as a name.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

from indelible.detect.lines import folded

#: A name that so many countries list is a name, even where some language has a word of the same letters.
_WELL_KNOWN = 5
_PLAIN = re.compile(r"[a-z][a-z' .-]*[a-z]")
# Ordinary words of forms, firms and signs that no word list of the package holds.
_MORE_WORDS = frozenset(
    "abteilung account address adresse agenda amount annual april august balance bank boarding branch building cash center central centre"
    " certificate city class clinic club code coffee college committee conference copy corporate council date december delivery"
    " department deposit desk director discount district division edition email engineering entrance europe event exit express february"
    " festival final finance floor form free friday garden gate general global group guest hall health hello high hospital hotel house inc"
    " information institute insurance international invoice january july june lake library limited ltd main management manager march"
    " market marketing master member menu message mobile monday month museum national new news next north november number october office"
    " official online open order page park partner passport payment phone place plan planning platform policy press price product project"
    " quality quarter receipt reception reference registration report reservation reserved restaurant room royal safety sales saturday"
    " school section security senior september service session shop signature south specimen staff standard state station store street"
    " student studio sunday support system table tax team technology telephone terminal thank thursday ticket time title today total tower"
    " transport travel tuesday union university valid version visitor volume warehouse wednesday week welcome west east wifi world year"
    " assurance chief consultant customer developer engineer executive officer president professor secretary technician"
    # cards and their issuers, whose names stand on every one of them
    " card debit credit visa mastercard maestro thru platinum gold electronic cardmember holder expires american business classic".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Folded words. ``given``, ``surnames``: single words. ``places``: towns, states and countries, of one or several words."""

    given: frozenset[str]
    surnames: frozenset[str]
    known: frozenset[str]  # names that many countries list
    places: frozenset[str]
    world: frozenset[str]  # countries, capitals, and cities that name time zones
    words: frozenset[str]

    def is_given(self, word: str) -> bool:
        """A given name that is hardly anything else."""
        return word in self.given and (word in self.known or word not in self.words)

    def is_surname(self, word: str) -> bool:
        """A surname that is hardly anything else."""
        return word in self.surnames and word not in self.words

    def is_word(self, word: str) -> bool:
        """An ordinary word that is no well-known name."""
        return word in self.words and word not in self.known


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The lists, read on first use; about 10 MB."""
    given: Counter[str] = Counter()
    surnames: set[str] = set()
    for table in _tables("person"):
        own_given: set[str] = set()
        for attribute, texts in table:
            if "first_name" in attribute:
                own_given |= texts
            elif attribute.startswith("last_name") or "surname" in attribute:
                surnames |= texts
        given.update({part for name in own_given for part in re.split(r"[ .-]", name) if len(part) >= 3})
    words = {text for table in _tables("lorem") for _, texts in table for text in texts}
    words |= {
        part
        for kind in ("job", "company")
        for table in _tables(kind)
        for _, texts in table
        for text in texts
        for part in re.split(r"[^a-z]+", text)
        if len(part) >= 3
    }
    places: set[str] = set()
    for table in _tables("address"):
        for attribute, texts in table:
            if re.search(
                r"^(?:cities|countries|states|regions|provinces|municipalities|real_city_names|city_names)$", attribute
            ):
                places |= texts
    world = frozenset(_capitals())
    places |= world
    known = frozenset(name for name, count in given.items() if count >= _WELL_KNOWN)
    return Gazetteer(
        given=frozenset(given),
        surnames=frozenset(name for name in surnames if len(name) >= 3),
        known=known,
        places=frozenset(place for place in places if len(place) >= 4 and place not in words),
        world=world,
        words=frozenset(words) | _MORE_WORDS,
    )


def _tables(kind: str) -> Iterator[list[tuple[str, set[str]]]]:
    """For each country of one of the package's providers, its lists by name, folded, without other alphabets."""
    package = importlib.import_module(f"faker.providers.{kind}")
    modules: list[ModuleType] = [package]
    for item in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        modules.append(importlib.import_module(f"faker.providers.{kind}.{item.name}"))
    for module in modules:
        provider = getattr(module, "Provider", None)
        found = []
        for attribute, value in sorted(vars(provider).items()) if provider is not None else ():
            if isinstance(value, (tuple, list, dict)) and not attribute.startswith("__") and "format" not in attribute:
                texts = {folded(text) for text in value if isinstance(text, str) and len(text) <= 60}
                texts |= {
                    folded(part) for item in value if isinstance(item, tuple) for part in item if isinstance(part, str)
                }
                found.append((attribute, {text for text in texts if _PLAIN.fullmatch(text)}))
        yield found


def _capitals() -> Iterator[str]:
    """Countries, capitals and the cities that name time zones."""
    from faker.providers.date_time import Provider

    for country in Provider.countries:
        for text in (
            country.name,
            country.capital,
            *(zone.rsplit("/", 1)[-1].replace("_", " ") for zone in country.timezones),
        ):
            if _PLAIN.fullmatch(folded(text)):
                yield folded(text)


def place_in(text: str) -> bool:
    """Whether a line holds the name of a place, of up to three words, the first of them with a capital."""
    places = gazetteer().places
    plain = folded(text)
    found = list(re.finditer(r"[a-z][a-z'-]*", plain))
    words = [word.group() for word in found]
    return any(
        " ".join(words[start : start + length]) in places
        for length in (1, 2, 3)
        for start in range(len(words) - length + 1)
        if text[found[start].start()].isupper()
    )
