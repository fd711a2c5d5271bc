"""One small registry: being in the folder is the registration, and a second entry of the same name is an error."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """Named entries that the modules of one package add when they are imported; listed in sorted order."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._entries: dict[str, Entry] = {}
        self._loaded = False

    def add(self, name: str, entry: Entry) -> None:
        """Register one entry; raises ValueError if the name is taken."""
        if name in self._entries:
            raise ValueError(f"{name} is registered twice")
        self._entries[name] = entry

    def load(self) -> None:
        """Import every module of the package, in sorted order, once."""
        if self._loaded:
            return
        package = importlib.import_module(self._package)
        for module in sorted(item.name for item in pkgutil.iter_modules(package.__path__)):
            importlib.import_module(f"{self._package}.{module}")
        self._loaded = True

    def names(self) -> tuple[str, ...]:
        """Every name, sorted."""
        self.load()
        return tuple(sorted(self._entries))

    def get(self, name: str) -> Entry:
        """The entry of that name; raises KeyError."""
        self.load()
        return self._entries[name]

    def __iter__(self) -> Iterator[tuple[str, Entry]]:
        for name in self.names():
            yield name, self._entries[name]
