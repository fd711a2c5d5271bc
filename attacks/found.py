"""Every place that looks redacted, whichever way: flat fills, mosaics, covers that let something through, blurs, warps."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from indelible.attacks.blur_region import find_blurred
from indelible.attacks.cover_region import find_covers
from indelible.attacks.found_joined import joined
from indelible.attacks.regions import find_regions
from indelible.attacks.warp_region import find_warps
from indelible.model import Box
from indelible.model.geometry import covered_share

#: A place that is found again by a dearer search is not told twice.
_SAME = 0.5
_MOST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place and how it was found: ``fill``, ``mosaic``, ``cover``, ``blur`` or ``warp``.

    ``blocks``: cells across the shorter side of a mosaic.
    """

    box: Box
    kind: str
    blocks: int | None = None

    @property
    def method(self) -> str:
        """What a certificate may call it: nobody said how it was made, the search only saw what it looks like."""
        return "unknown" if self.kind in ("fill", "mosaic") else f"found_{self.kind}/1"


def find_places(image: Image.Image, *, lossy: bool = False) -> tuple[Place, ...]:
    """Search an upright picture, cheap searches first; at most 64 places."""
    regions = find_regions(image, lossy=lossy)
    mosaics = joined(image, [(item.box, item.blocks) for item in regions if item.blocks is not None])
    places = [Place(box=box, kind="mosaic", blocks=blocks) for box, blocks in mosaics]
    places += [
        Place(box=item.box, kind="fill")
        for item in regions
        if item.blocks is None and covered_share(item.box, [box for box, _ in mosaics]) < _SAME
    ]
    for kind, boxes in (
        ("cover", find_covers(image, lossy=lossy)),
        ("blur", find_blurred(image, lossy=lossy)),
        ("warp", [item if isinstance(item, Box) else item.box for item in find_warps(image)]),
    ):
        known = [place.box for place in places]
        places += [Place(box=box, kind=kind) for box in boxes if covered_share(box, known) < _SAME]
    return tuple(places[:_MOST])
