"""BlazeFace, the two face models of MediaPipe, run by the TensorFlow Lite runtime (LiteRT) and decoded here.

MediaPipe's own runtime contacts its maker's server when a detector is created; LiteRT runs the same files and opens no socket.
The short range model looks at 128 x 128 pixels, the full range model at 192 x 192; a view keeps its aspect and is padded with
black, as the models were trained. One thread each, so that a picture has the same score every time.

Reference: Bazarevsky et al. 2019, arXiv:1907.05047; the anchors are those of MediaPipe's face detection graphs.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from indelible.detect import store
from indelible.errors import ModelMissing

#: Left, top, width, height in pixels of the view, and score.
Hit = tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model: its name in the store, the side of its input in pixels, and ``(cells across, anchors per cell)`` of its layers."""

    name: str
    input_px: int
    layers: tuple[tuple[int, int], ...]


SHORT_RANGE = Model(name="face_detection_short_range", input_px=128, layers=((16, 2), (8, 6)))
FULL_RANGE = Model(name="face_detection_full_range_sparse", input_px=192, layers=((48, 1),))

_SAME = 0.3  # intersection over union from which two boxes are one face
_MOST = 50  # faces of one view, best first
_CLIP = 100.0  # of the raw score, as in MediaPipe
_CHATTER = b"Created TensorFlow Lite XNNPACK delegate"


class Net:
    """A loaded model. Not to be used by two threads at a time."""

    def __init__(self, model: Model) -> None:
        """Raises `ModelMissing` if the file or the runtime is not here, or is not what it should be."""
        data = store.load(model.name)
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError:
            raise ModelMissing(
                "litert_missing", "The runtime of the face model is not installed.", "Install `ai-edge-litert`."
            ) from None
        with _without_chatter():
            self._run: Any = Interpreter(model_content=data, num_threads=1)
            self._run.allocate_tensors()
        self._side = model.input_px
        self._centres = anchors(model)
        self._input = self._run.get_input_details()[0]["index"]
        outputs = {tuple(item["shape"]): item["index"] for item in self._run.get_output_details()}
        count = len(self._centres)
        if set(outputs) != {(1, count, 16), (1, count, 1)}:
            raise ModelMissing("model_wrong", f"The model {model.name} is not the one that is pinned.", store.REMEDY)
        self._shapes, self._scores = outputs[1, count, 16], outputs[1, count, 1]

    def faces(self, pixels: np.ndarray, lowest: float) -> list[Hit]:
        """Faces in one view, best first, doubles removed.

        Args:
            pixels: ``(height, width, 3)``, uint8, RGB.
            lowest: score, 0 to 1, from which a face is told.
        """
        canvas, scale, left, top = _letterboxed(pixels, self._side)
        self._run.set_tensor(self._input, (canvas.astype(np.float32) / 127.5 - 1.0)[None])
        self._run.invoke()
        scores = self._run.get_tensor(self._scores)[0, :, 0].astype(np.float64)
        shapes = self._run.get_tensor(self._shapes)[0, :, :4].astype(np.float64)
        if not np.isfinite(scores).all():
            raise ValueError("the model gave a score that is no number")
        chances = 1 / (1 + np.exp(-np.clip(scores, -_CLIP, _CLIP)))
        keep = np.flatnonzero(chances >= lowest)
        keep = keep[np.argsort(-chances[keep], kind="stable")]
        found: list[Hit] = []
        for index in keep:
            x, y = self._centres[index] * self._side + shapes[index, :2]
            wide, tall = shapes[index, 2:]
            hit = (float(x - wide / 2), float(y - tall / 2), float(wide), float(tall), float(chances[index]))
            if np.isfinite(hit).all() and min(wide, tall) > 0 and all(_shared(hit, other) < _SAME for other in found):
                found.append(hit)
            if len(found) >= _MOST:
                break
        return [((x - left) / scale, (y - top) / scale, w / scale, h / scale, score) for x, y, w, h, score in found]


def anchors(model: Model) -> np.ndarray:
    """Centres of the anchors, ``(n, 2)`` x and y, in shares of the input's side, in the order of the model's outputs."""
    centres = []
    for cells, count in model.layers:
        middle = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 2)
        centres.append(np.repeat(grid, count, axis=0))
    return np.concatenate(centres)


def _letterboxed(pixels: np.ndarray, side: int) -> tuple[np.ndarray, float, int, int]:
    """The view in the middle of a black square, ``(side, side, 3)``, with its scale and where it begins."""
    import cv2

    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    canvas = np.zeros((side, side, 3), np.uint8)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas[top : top + size[1], left : left + size[0]] = cv2.resize(pixels, size, interpolation=way)
    return canvas, scale, left, top


def _shared(one: Hit, other: Hit) -> float:
    """Intersection over union."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    part = max(0.0, across) * max(0.0, down)
    return part / (one[2] * one[3] + other[2] * other[3] - part)


_STDERR = threading.Lock()


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Keeps one line of the runtime off the standard error; whatever else is written there meanwhile comes out afterwards.

    The runtime writes to the descriptor itself and has no setting for it.
    """
    with _STDERR, tempfile.TemporaryFile() as held:
        try:
            sys.stderr.flush()
            before = os.dup(2)
        except (AttributeError, OSError, ValueError):  # no standard error at all: nothing to keep quiet
            yield
            return
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(before, 2)
            os.close(before)
            held.seek(0)
            for line in held:
                if _CHATTER not in line:
                    os.write(2, line)
