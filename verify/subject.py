"""What lies before the verifier: a file, perhaps its original, perhaps its plan, perhaps the redactor as a function."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from PIL import Image

from indelible.media import Picture
from indelible.model import Policy, RedactionPlan, RegionEvidence
from indelible.verify.place import FilePlace


class Redactor(Protocol):
    """The redactor under examination, bound to one plan and one source. It must not read the plan's digest again."""

    def decode(self, source: bytes) -> Image.Image:
        """The source's bytes to the upright bare picture (RGB or L) on which redaction works."""
        ...

    def publish(self, image: Image.Image) -> bytes:
        """An upright bare picture, redacted and written as the published file's bytes. Leaves ``image`` as it is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One examination. ``regions`` are the redacted areas as filled in the published file, from the redactor's own
    account or found by `indelible.attacks`; a check must not trust them beyond what it can see.

    ``picture`` is the published file decoded (None when it cannot be); ``original`` the source's bytes, if given. ``place`` is
    set where a file on a disk is examined: a name and facts that no finding may contain.
    """

    published: bytes = field(repr=False)
    policy: Policy = field(default_factory=Policy)
    format: str | None = None
    picture: Picture | None = None
    extension: str = ""
    original: bytes | None = field(default=None, repr=False)
    original_picture: Picture | None = None
    plan: RedactionPlan | None = None
    regions: tuple[RegionEvidence, ...] = ()
    redactor: Redactor | None = None
    seed: int = 0
    place: FilePlace | None = None
