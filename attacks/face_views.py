"""One picture of a head, seen a little from the side, from above, tilted: what a person looks like on another occasion.

The face is taken for the front of an ellipsoid that is turned by some degrees; what is not on it stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

#: Half axes of the ellipsoid in widths of the crop, and where its middle lies in the crop.
_ACROSS, _DOWN = 0.55, 0.715
_MIDDLE = (0.5, 0.535)


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees: ``yaw`` to the side, ``pitch`` up or down, ``roll`` about the line of sight."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0


#: The poses of the parrot's gallery, the picture as it is first.
POSES = (
    Pose(),
    Pose(yaw=14),
    Pose(yaw=-14),
    Pose(pitch=10),
    Pose(pitch=-10),
    Pose(roll=6),
    Pose(roll=-6),
)


def turned(crop: np.ndarray, pose: Pose) -> np.ndarray:
    """The crop with its head turned. float32 ``(height, width, channels)`` in and out."""
    import cv2

    if pose == Pose():
        return crop
    across, down = _places(crop.shape[0], crop.shape[1], pose)
    seen = cv2.remap(crop, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, dtype=np.float32).reshape(crop.shape)


def relit(crop: np.ndarray, across: float, down: float, gain: float) -> np.ndarray:
    """The crop under another light: slopes of so many levels from edge to edge, and a gain."""
    height, width = crop.shape[:2]
    ramp = across * np.linspace(-0.5, 0.5, width)[None, :] + down * np.linspace(-0.5, 0.5, height)[:, None]
    return np.asarray(np.clip(crop * gain + ramp[..., None], 0, 255), dtype=np.float32)


@lru_cache(maxsize=64)
def _places(height: int, width: int, pose: Pose) -> tuple[np.ndarray, np.ndarray]:
    """Where each pixel of the turned crop comes from; float32, both ``(height, width)``."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    u = (x - _MIDDLE[0] * width) / (_ACROSS * width)
    v = (y - _MIDDLE[1] * height) / (_DOWN * width)
    yaw, pitch, roll = (np.deg2rad(angle) for angle in (pose.yaw, pose.pitch, pose.roll))
    u, v = u * np.cos(roll) - v * np.sin(roll), u * np.sin(roll) + v * np.cos(roll)
    depth = np.sqrt(np.maximum(0.0, 1 - u**2 - v**2))
    side = u * np.cos(yaw) + depth * np.sin(yaw)
    up = v * np.cos(pitch) + (depth * np.cos(yaw) - u * np.sin(yaw)) * np.sin(pitch)
    share = np.clip(1.5 * depth, 0, 1)  # fades out at the rim, so that nothing tears
    u, v = u + (side - u) * share, v + (up - v) * share
    return (
        np.asarray(u * _ACROSS * width + _MIDDLE[0] * width, dtype=np.float32),
        np.asarray(v * _DOWN * width + _MIDDLE[1] * height, dtype=np.float32),
    )
