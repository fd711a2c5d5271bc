"""Redaction that can prove itself: locate, remove, then examine the result and certify what was shown, or refuse.

    import indelible

    result = indelible.certify("photo.jpg", "out")

`indelible.redact`, `indelible.verify` and `indelible.detect` are functions here, and packages to import from
(``from indelible.redact.geometry import grow``): see docs/decisions/0002-functions-named-like-packages.md.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from indelible.version import __version__

if TYPE_CHECKING:
    from indelible.api import attack, certify, detect, plan, redact, verify
    from indelible.model import Policy, RedactionPlan

__all__ = ["Policy", "RedactionPlan", "__version__", "attack", "certify", "detect", "plan", "redact", "verify"]

_HOMES = {name: "indelible.api" for name in ("attack", "certify", "detect", "plan", "redact", "verify")}
_HOMES |= {name: "indelible.model" for name in ("Policy", "RedactionPlan")}


class _FrontDoor(ModuleType):
    """The package, with its public names looked up when they are first asked for."""


def _public(name: str) -> property:
    """A name that stays what it is, whatever package of the same name is imported later."""

    def get(_: ModuleType) -> Any:
        from importlib import import_module

        found = getattr(import_module(_HOMES[name]), name)
        package = sys.modules.get(f"{__name__}.{name}")
        if package is not None:  # ``import indelible.redact.geometry as g`` looks for geometry on what stands here
            vars(found).update({key: item for key, item in vars(package).items() if isinstance(item, ModuleType)})
        return found

    def ignore(_: ModuleType, value: object) -> None:
        """Importing a package sets it on its parent; here the function stands."""

    return property(get, ignore)


for _name in _HOMES:
    setattr(_FrontDoor, _name, _public(_name))
sys.modules[__name__].__class__ = _FrontDoor
