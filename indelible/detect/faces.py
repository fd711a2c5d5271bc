"""Faces: CenterFace over several sizes of the picture, fused by consensus. Recall comes first.

The whole picture is looked at in its own size and smaller ones. Where those see a trace of a small face, and only there, it is
enlarged twice; where the trace is plain enough, three times, and twice as its mirror image. The settings were chosen on 94
labelled pictures and 44 without people (benchmarks/faces.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from indelible.detect.face_light import lifted
from indelible.detect.face_passes import CANDIDATE, TILE_FROM, TRACE, look, scales
from indelible.detect.face_tiles import Rectangle, chosen_rectangles, pixels_at, within
from indelible.detect.face_turns import turned_faces
from indelible.detect.fusion import Boxes, believed, consensus, suppressed
from indelible.detect.registry import detector
from indelible.detect.scene import Scene
from indelible.model import Box, Detection, Kind, Mode, NotExamined, Policy

#: All enlarged looks at one picture together, in pixels of the net's input.
ENLARGED_PX = 24_000_000

_SAME = 0.35  # intersection over union from which boxes of two looks are one face
_ANCHOR = 0.45  # a face that is clear
_FIRST_ALONE = 0.25  # lowest score where no face is clear
_LOWEST = {Mode.RECALL: 0.105, Mode.BALANCED: 0.16}  # of a face of 16 pixels: 12 and 5 false boxes on a crowd


@dataclass(frozen=True, slots=True, kw_only=True)
class Closer:
    """One enlarged look, as a multiple of the largest look at the whole picture.

    ``trace`` and ``longest`` say which candidates of the cheaper looks deserve it: from this score, up to this many pixels long
    in that look. ``cell`` and ``border`` are those of `chosen_rectangles`, in the same pixels.
    """

    times: float
    trace: float
    longest: float
    cell: int
    border: int
    mirrored: bool = False


TWICE = Closer(times=2.0, trace=TRACE, longest=64, cell=96, border=16)
THRICE = Closer(times=3.0, trace=0.15, longest=32, cell=64, border=12)
TWICE_MIRRORED = replace(TWICE, trace=0.12, longest=32, mirrored=True)


@detector("face.centerface", finds={Kind.FACE}, version=3, models=("centerface",))
def find_faces(scene: Scene, policy: Policy) -> tuple[Detection | NotExamined, ...]:
    """Every face, large or small; where none is clear, the picture is looked at turned as well.

    ``small_subjects`` is told where the picture was not looked at in its own size, or where the budget ended before every trace
    of a small face was enlarged twice.
    """
    image = lifted(scene.image.convert("RGB"))
    faces, whole = _upright_faces(image, _LOWEST[policy.mode])
    if not len(faces) or faces[:, 4].max() < _ANCHOR:
        faces = suppressed(np.concatenate([faces, turned_faces(image)]), 0.4, 0.7)
    results: list[Detection | NotExamined] = []
    for left, top, right, bottom, score in faces.tolist():
        box = Box.from_corners(left, top, right, bottom, image.width, image.height)
        if box is not None:
            results.append(
                Detection(kind=Kind.FACE, box=box, score=min(1.0, max(0.0, score)), detector="face.centerface")
            )
    if not whole:
        results.append(NotExamined(kind=Kind.FACE, reason="small_subjects"))
    return tuple(results)


def _upright_faces(image: Image.Image, lowest: float) -> tuple[Boxes, bool]:
    """Upright faces, and whether every part was looked at as closely as it should be."""
    chosen = list(scales(*image.size))
    looks = [look(image, scale) for scale in chosen]
    places: list[list[Rectangle] | None] = [None] * len(chosen)
    cheaper = len(looks)
    own = chosen[-1]
    whole = own >= 1.0
    budget = ENLARGED_PX
    for closer in (TWICE, THRICE, TWICE_MIRRORED):
        traces = looks[cheaper - 1 : cheaper + 1] if closer is THRICE else looks[:cheaper]
        wanted = _rectangles(traces, image, own, closer)
        scale = own * closer.times
        affordable, budget = _affordable(wanted, scale, budget)
        if closer is TWICE:
            whole = whole and len(affordable) == len(wanted)
        places.append(affordable)
        chosen.append(scale)
        looks.append(look(image, scale, affordable, closer.border / own / 2, mirrored=closer.mirrored))

    def looked(number: int, box: Boxes) -> bool:
        rectangles = places[number]
        return rectangles is None or bool(within(box, rectangles, 0, *image.size)[0])

    counted = [boxes[boxes[:, 4] >= CANDIDATE] for boxes in looks]
    fused = suppressed(consensus(counted, chosen, _SAME, looked), 0.4, 0.7)
    return believed(fused, lowest, _FIRST_ALONE, _ANCHOR), whole


def _rectangles(looks: Iterable[Boxes], image: Image.Image, own: float, closer: Closer) -> list[Rectangle]:
    traces = np.concatenate([*looks])
    longest = np.maximum(traces[:, 2] - traces[:, 0], traces[:, 3] - traces[:, 1])
    return chosen_rectangles(
        traces[(traces[:, 4] >= closer.trace) & (longest * own <= closer.longest)],
        *image.size,
        scale=own * closer.times,
        cell=round(closer.cell / own),
        border=round(closer.border / own),
        most=TILE_FROM,
    )


def _affordable(wanted: list[Rectangle], scale: float, budget: int) -> tuple[list[Rectangle], int]:
    """The first rectangles that the budget pays, in their order, and what is left of it."""
    taken = []
    for rectangle in wanted:
        price = pixels_at(rectangle, scale)
        if price <= budget:
            taken.append(rectangle)
            budget -= price
    return taken, budget
