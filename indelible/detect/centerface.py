"""CenterFace on onnxruntime: one array in, candidate boxes out.

Xu et al. 2019, "CenterFace: joint face detection and alignment using face as point": a heat map at a quarter of the input's
size marks face centres; two further maps give the logarithm of the box's size and the centre's offset.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indelible.detect import store
from indelible.errors import ModelMissing

Candidates = NDArray[np.float32]

#: Maps are four times coarser than the input, which must be a multiple of 32 on both sides.
STRIDE = 4
MULTIPLE = 32

# A dimension in the ONNX protobuf is `0a 02 08 NN` (a fixed size of NN) or `0a 02 12 00` (no size given): the same
# length, so the file's fixed 10 x 3 x 32 x 32 is opened for any size by exchanging bytes, without the `onnx` package.
# The file is pinned by its digest, so each of these five places occurs exactly once.
_ANY = bytes.fromhex("0a021200")
_FIXED_SHAPES = (
    (b"\x0a\x07input.1\x12\x16\x0a\x14\x08\x01\x12\x10", "0a02080a0a0208030a0208200a020820"),
    (b"\x0a\x03537\x12\x16\x0a\x14\x08\x01\x12\x10", "0a02080a0a0208010a0208080a020808"),
    (b"\x0a\x03538\x12\x16\x0a\x14\x08\x01\x12\x10", "0a02080a0a0208020a0208080a020808"),
    (b"\x0a\x03539\x12\x16\x0a\x14\x08\x01\x12\x10", "0a02080a0a0208020a0208080a020808"),
    (b"\x0a\x03540\x12\x16\x0a\x14\x08\x01\x12\x10", "0a02080a0a02080a0a0208080a020808"),
)


def any_size(model: bytes) -> bytes:
    """The model with batch, height and width left open; raises `ModelMissing` if it is not the file that is pinned."""
    for head, shape in _FIXED_SHAPES:
        dims = bytes.fromhex(shape)
        if model.count(head + dims) != 1:
            raise ModelMissing("model_wrong", "The face model is not the one that is pinned.", store.REMEDY)
        opened = _ANY + dims[4:8] + _ANY + _ANY
        model = model.replace(head + dims, head + opened)
    return model


@lru_cache(maxsize=1)
def _session() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(4, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    # Threads that wait in a loop take the cores from others: about 30 % more processor time on a busy machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # the export lists its weights as inputs: 190 warnings otherwise
    return onnxruntime.InferenceSession(
        any_size(store.load("centerface")), sess_options=options, providers=["CPUExecutionProvider"]
    )


_SEEN_PX = [0]


def seen_px() -> int:
    """Pixels that the net was shown since the program began: what a look costs on any machine."""
    return _SEEN_PX[0]


def candidates(pixels: NDArray[np.uint8], threshold: float) -> Candidates:
    """Every centre above ``threshold``, before any suppression.

    Args:
        pixels: ``(height, width, 3)`` RGB, 0-255. Padded with black to a multiple of 32, never stretched.
        threshold: lowest score, 0-1.

    Returns:
        ``(n, 5)`` float32: left, top, right, bottom in the given pixels, score. Boxes that are not finite, empty or larger
        than the array are dropped: a net that went wrong must not cover everything and look like perfect recall.
    """
    height, width = pixels.shape[:2]
    padded = np.zeros((1, 3, -(-height // MULTIPLE) * MULTIPLE, -(-width // MULTIPLE) * MULTIPLE), dtype=np.float32)
    padded[0, :, :height, :width] = pixels.transpose(2, 0, 1)
    _SEEN_PX[0] += padded.shape[2] * padded.shape[3]
    heat, size, offset = _session().run(["537", "538", "539"], {"input.1": padded})
    rows, columns = np.nonzero(heat[0, 0] > threshold)
    with np.errstate(over="ignore"):
        tall, wide = np.exp(size[0, :, rows, columns]).T.astype(np.float64) * STRIDE
    middle_y = (rows + offset[0, 0, rows, columns] + 0.5) * STRIDE
    middle_x = (columns + offset[0, 1, rows, columns] + 0.5) * STRIDE
    boxes = np.stack(
        [
            np.clip(middle_x - wide / 2, 0, width),
            np.clip(middle_y - tall / 2, 0, height),
            np.clip(middle_x + wide / 2, 0, width),
            np.clip(middle_y + tall / 2, 0, height),
            heat[0, 0, rows, columns],
        ],
        axis=1,
    )
    sound = np.isfinite(boxes).all(axis=1) & (wide <= 1.5 * width + MULTIPLE) & (tall <= 1.5 * height + MULTIPLE)
    sound &= (boxes[:, 2] - boxes[:, 0] >= 1) & (boxes[:, 3] - boxes[:, 1] >= 1)
    sound_boxes: Candidates = boxes[sound].astype(np.float32)
    return sound_boxes
