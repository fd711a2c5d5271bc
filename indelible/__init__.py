"""Redaction that can prove itself: locate, remove, then examine the result and certify what was shown, or refuse.

    import indelible

    result = indelible.certify("photo.jpg", "out")

`indelible.redact`, `indelible.verify` and `indelible.detect` are functions here, and packages to import from
(``from indelible.redact.geometry import grow``): see docs/decisions/0002-functions-named-like-packages.md.
"""

# The packages come first: loading one later would put it in the place of the function of its name.
import indelible.detect
import indelible.redact
import indelible.verify  # noqa: F401
from indelible.api import certify, detect, plan, redact, verify
from indelible.model import Policy, RedactionPlan
from indelible.version import __version__

__all__ = ["Policy", "RedactionPlan", "__version__", "certify", "detect", "plan", "redact", "verify"]
