"""How each library really blurs, twice: the library's own 8-bit call, and the linear map behind it.

The linear maps (`axis_terms`) serve the decoders: one matrix per axis, the edge policy worked in, a short sum of such pairs where
a kernel does not split into rows and columns (disc, slanted motion). The 8-bit calls (`apply`) judge what the decoders found.

Pillow's GaussianBlur is three passes of a box whose outer taps are fractions; OpenCV cuts its kernel at three sigma and rounds it;
browsers run three whole boxes; a stack blur is a triangle.

Reference: ATTACKS.md section 8.2; Gwosdek et al., "Theoretical foundations of Gaussian convolution by extended box filtering", 2011.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageFilter

#: Families by the words that a report may print.
PILLOW, OPENCV, GAUSSIAN, BROWSER = "pillow_gaussian", "opencv_gaussian", "gaussian", "browser_gaussian"
BOX, STACK, DISC, MOTION, RESAMPLE = "box", "stack", "disc", "motion", "resample"
FAMILIES = (PILLOW, OPENCV, GAUSSIAN, BROWSER, BOX, STACK, DISC, MOTION, RESAMPLE)
#: Families that are a Gaussian but for details.
GAUSSIANS = (PILLOW, OPENCV, GAUSSIAN, BROWSER)
#: What stands beyond the border: the border's pixels again, a mirror with or without the border pixel, or the picture itself,
#: of which the region is only a part (nothing known: taken as background).
CLAMP, REFLECT, REFLECT_101, OPEN = "clamp", "reflect", "reflect_101", "open"
EDGES = (CLAMP, REFLECT, REFLECT_101, OPEN)
#: Terms of a kernel that does not split, and what they may leave out.
_MOST_TERMS, _LEFT_OUT = 24, 1e-3
_WIDEST = 400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """One blur. ``width`` in pixels: sigma of a Gaussian, radius of box, stack and disc, length of a motion, factor of a resampling.

    ``angle``: degrees of a motion, anticlockwise from the x axis. ``size``: taps of an OpenCV Gaussian, 0 for three sigma each way.
    ``filters``: of a resampling, down and up: ``box``, ``bilinear``, ``bicubic``, ``lanczos`` (Pillow), ``area``, ``linear`` (OpenCV).
    """

    family: str
    width: float
    edge: str = CLAMP
    angle: float = 0.0
    size: int = 0
    filters: tuple[str, str] = ("box", "bilinear")

    def __post_init__(self) -> None:
        if self.family not in FAMILIES or self.edge not in EDGES or not 0 < self.width <= _WIDEST:
            raise ValueError("no such blur")

    @property
    def sigma(self) -> float:
        """Standard deviation of the Gaussian that smooths as much, in pixels."""
        if self.family in (PILLOW, GAUSSIAN):
            return self.width
        if self.family == RESAMPLE:
            return self.width * math.sqrt((1 + 2) / 12)
        if self.family == DISC:
            return self.width / 2
        if self.family == MOTION:
            return self.width / math.sqrt(12)
        line = taps(self)
        middle = len(line) // 2
        return float(math.sqrt((line * (np.arange(len(line)) - middle) ** 2).sum()))

    def scaled(self, factor: float) -> Kernel:
        """The same blur, so many times as wide."""
        return replace(self, width=min(_WIDEST, self.width * factor), size=0 if self.size == 0 else self.size)


def of_sigma(family: str, sigma: float, edge: str = CLAMP) -> Kernel:
    """The kernel of a family whose equivalent sigma is nearest, for families with one parameter."""
    if family == BROWSER and sigma >= 2.0:  # boxes of whole pixels: only some widths there are
        size = max(3, round(math.sqrt(4 * sigma * sigma + 1)))
        return Kernel(family=family, width=size * 4 / (3 * math.sqrt(2 * math.pi)), edge=edge)
    if family in GAUSSIANS:
        return Kernel(family=family, width=sigma, edge=edge)
    factor = {BOX: math.sqrt(3), STACK: math.sqrt(6), DISC: 2.0, MOTION: math.sqrt(12), RESAMPLE: 2.0}[family]
    return Kernel(family=family, width=sigma * factor, edge=edge)


def taps(kernel: Kernel) -> np.ndarray:
    """The kernel along one axis, odd length, sum 1; for the families that split into equal rows and columns."""
    family, width = kernel.family, kernel.width
    if family == PILLOW:
        line = _extended_box(_box_radius_of(width))
        return np.convolve(np.convolve(line, line), line)
    if family == BOX:
        return _extended_box(width)
    if family == STACK:
        radius = max(0, round(width))
        line = radius + 1.0 - np.abs(np.arange(-radius, radius + 1))
    elif family == GAUSSIAN:
        reach = max(1, math.ceil(4 * width))
        line = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    elif family == OPENCV:
        size = kernel.size or int(round(width * 6 + 1)) | 1
        line = np.exp(-0.5 * ((np.arange(size) - size // 2) / width) ** 2)
        line = _rounded(line / line.sum())
    elif family == BROWSER:
        line = _three_boxes(width)
    else:
        raise ValueError("this blur does not split into equal rows and columns")
    return np.asarray(line / line.sum(), dtype=np.float64)


def plane(kernel: Kernel) -> np.ndarray:
    """The kernel as a picture, odd sides, sum 1; not for resampling, which differs from pixel to pixel."""
    if kernel.family == DISC:
        return _covered(kernel.width, lambda x, y: x * x + y * y <= kernel.width**2)
    if kernel.family == MOTION:
        return _line(kernel.width, kernel.angle)
    line = taps(kernel)
    return np.outer(line, line)


def axis_terms(kernel: Kernel, height: int, width: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """The blur of a ``height`` x ``width`` region as a sum of ``down @ picture @ across.T``.

    Returns:
        Pairs of float64 matrices ``(height, height)`` and ``(width, width)``. With the edge `OPEN`, and with `CLAMP` where the
        border shows background, give pictures of which the background was taken away.
    """
    if kernel.family == RESAMPLE:
        return [(_resampling(kernel, height), _resampling(kernel, width))]
    if kernel.family in (DISC, MOTION):
        rows, values, columns = np.linalg.svd(plane(kernel))
        count = min(_MOST_TERMS, int((values > _LEFT_OUT * values[0]).sum()))
        return [
            (
                _matrix(rows[:, i] * math.sqrt(values[i]), height, kernel.edge),
                _matrix(columns[i] * math.sqrt(values[i]), width, kernel.edge),
            )
            for i in range(count)
        ]
    if kernel.family == PILLOW:  # the border is repeated anew before each of the three passes
        line = _extended_box(_box_radius_of(kernel.width))
        down, across = (np.linalg.matrix_power(_matrix(line, length, kernel.edge), 3) for length in (height, width))
        return [(down, across)]
    line = taps(kernel)
    return [(_matrix(line, height, kernel.edge), _matrix(line, width, kernel.edge))]


def apply(kernel: Kernel, pixels: np.ndarray) -> np.ndarray:
    """A region blurred by the library itself.

    Args:
        kernel: `OPEN` counts as `CLAMP` here: give the surround along with the region, and cut it off afterwards.
        pixels: uint8, ``(height, width)`` or ``(height, width, 3)``.

    Returns:
        uint8, same shape.
    """
    import cv2

    family, width = kernel.family, kernel.width
    border = {REFLECT: cv2.BORDER_REFLECT, REFLECT_101: cv2.BORDER_REFLECT_101}.get(kernel.edge, cv2.BORDER_REPLICATE)
    if family in (PILLOW, BOX) and kernel.edge in (CLAMP, OPEN):
        filter_ = ImageFilter.GaussianBlur(width) if family == PILLOW else ImageFilter.BoxBlur(width)
        return np.asarray(Image.fromarray(pixels).filter(filter_))
    if family == OPENCV:
        return np.asarray(cv2.GaussianBlur(pixels, (kernel.size, kernel.size), width, borderType=border))
    if family == STACK and kernel.edge in (CLAMP, OPEN):
        size = 2 * max(0, round(width)) + 1
        return np.asarray(cv2.stackBlur(pixels, (size, size)))
    if family == RESAMPLE:
        return _resampled(kernel, pixels)
    picture = plane(kernel)
    reach = max(picture.shape) // 2
    margins = [(reach, reach), (reach, reach)] + [(0, 0)] * (pixels.ndim - 2)
    at = [np.arange(-before, length + after) for length, (before, after) in zip(pixels.shape, margins, strict=True)]
    wide = pixels.astype(np.float32)[
        np.ix_(*(_beyond(i, n, kernel.edge) for i, n in zip(at, pixels.shape, strict=True)))
    ]
    blurred = cv2.filter2D(wide, cv2.CV_32F, picture[::-1, ::-1].astype(np.float32))
    inner = blurred[reach : reach + pixels.shape[0], reach : reach + pixels.shape[1]]
    return np.asarray(np.clip(np.rint(inner), 0, 255).astype(np.uint8))


def _box_radius_of(sigma: float, passes: int = 3) -> float:
    """Radius of the extended box whose passes have that sigma, as Pillow computes it."""
    variance = sigma * sigma / passes
    whole = math.floor((math.sqrt(12 * variance + 1) - 1) / 2)
    part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance) / (6 * (variance - (whole + 1) ** 2))
    return whole + part


def _extended_box(radius: float) -> np.ndarray:
    """A box of ``2 radius + 1`` pixels whose outer taps are what is left over."""
    whole = math.floor(radius)
    line = np.ones(2 * whole + 3)
    line[[0, -1]] = radius - whole
    return np.asarray(line / line.sum())


def _three_boxes(sigma: float) -> np.ndarray:
    """What SVG filters and browsers do: three boxes; of an even width, one is shifted each way and the third is wider."""
    if sigma < 2.0:
        reach = max(1, math.ceil(3 * sigma))
        return np.asarray(np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2))
    size = math.floor(sigma * 3 * math.sqrt(2 * math.pi) / 4 + 0.5)
    box = np.ones(size) / size
    if size % 2:
        return np.convolve(np.convolve(box, box), box)
    return np.convolve(np.convolve(box, box), np.ones(size + 1) / (size + 1))


def _rounded(line: np.ndarray) -> np.ndarray:
    """OpenCV's taps for 8-bit pictures: 256ths whose sum is kept, the error handed from tap to tap."""
    half = len(line) // 2
    fixed = np.zeros(len(line))
    error = 0.0
    for i in range(half):
        wanted = line[i] * 256 + error
        fixed[i] = fixed[-1 - i] = np.rint(wanted)
        error = wanted - fixed[i]
    fixed[half] = 256 - 2 * fixed[:half].sum()
    return np.asarray(fixed / 256)


def _covered(reach: float, inside: object) -> np.ndarray:
    """Share of each pixel that a shape covers, by 8 x 8 samples."""
    half = math.ceil(reach)
    fine = (np.arange((2 * half + 1) * 8) + 0.5) / 8 - half - 0.5
    mask = inside(fine[None, :], fine[:, None])  # type: ignore[operator]
    picture = mask.reshape(2 * half + 1, 8, 2 * half + 1, 8).mean(axis=(1, 3))
    return np.asarray(picture / picture.sum())


def _line(length: float, angle: float) -> np.ndarray:
    """A line segment one pixel wide through the middle; its pixels' shares by points along it, laid down bilinearly."""
    half = math.ceil(length / 2) + 1
    picture = np.zeros((2 * half + 1, 2 * half + 1))
    along = np.linspace(-(length - 1) / 2, (length - 1) / 2, max(2, int(8 * length)))
    x = half + along * math.cos(math.radians(angle))
    y = half - along * math.sin(math.radians(angle))
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    for dx in (0, 1):
        for dy in (0, 1):
            share = (x - left if dx else 1 - x + left) * (y - top if dy else 1 - y + top)
            np.add.at(picture, (top + dy, left + dx), share)
    return np.asarray(picture / picture.sum())


def _matrix(line: np.ndarray, length: int, edge: str) -> np.ndarray:
    """The matrix of one axis: row i holds what each pixel gives to pixel i."""
    half = len(line) // 2
    at = np.arange(length)[:, None] + np.arange(-half, len(line) - half)[None, :]
    weights = np.broadcast_to(line[::-1], at.shape).copy()
    if edge == OPEN:
        weights[(at < 0) | (at >= length)] = 0.0
    at = _beyond(at, length, edge)
    matrix = np.zeros((length, length))
    np.add.at(matrix, (np.broadcast_to(np.arange(length)[:, None], at.shape), at), weights)
    return matrix


def _beyond(at: np.ndarray, length: int, edge: str) -> np.ndarray:
    """Which pixel stands for each place along an axis, beyond the border too."""
    if edge == REFLECT:
        at = at % (2 * length)
        return np.where(at < length, at, 2 * length - 1 - at)
    if edge == REFLECT_101:
        around = max(1, 2 * length - 2)
        at = at % around
        return np.where(at < length, at, around - at)
    return np.asarray(np.clip(at, 0, length - 1))


def _resampling(kernel: Kernel, length: int) -> np.ndarray:
    """The matrix of shrinking and enlarging one axis again."""
    single = np.eye(length, dtype=np.float32)
    small = max(1, round(length / kernel.width))
    down = _resize(single, (length, small), kernel.filters[0])
    return np.asarray(_resize(down, (length, length), kernel.filters[1]), dtype=np.float64)


def _resampled(kernel: Kernel, pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    small = max(1, round(width / kernel.width)), max(1, round(height / kernel.width))
    return _resize(_resize(pixels, small, kernel.filters[0]), (width, height), kernel.filters[1])


def _resize(picture: np.ndarray, size: tuple[int, int], filter_: str) -> np.ndarray:
    """``picture`` with rows as they are in a matrix; ``size`` is ``(columns, rows)`` as both libraries take it."""
    import cv2

    opencv = {"area": cv2.INTER_AREA, "linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC}
    if filter_ in opencv:
        return np.asarray(cv2.resize(picture, size, interpolation=opencv[filter_]))
    resampling = {
        "box": Image.Resampling.BOX,
        "bilinear": Image.Resampling.BILINEAR,
        "bicubic": Image.Resampling.BICUBIC,
        "lanczos": Image.Resampling.LANCZOS,
    }[filter_]
    return np.asarray(Image.fromarray(picture).resize(size, resampling))
