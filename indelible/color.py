"""A decoded picture to what is redacted: 8 bit, ``RGB`` in sRGB or ``L``, transparency laid over white, nothing attached."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

from indelible.errors import InputRefused

#: Modes in which Pillow holds 16-bit grey; ``I`` is what it makes of some 16-bit files too.
_DEEP = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I"})
_WITH_PROFILE = frozenset({"L", "RGB", "CMYK", "LAB"})


def to_srgb(image: Image.Image) -> Image.Image:
    """Colour converted to sRGB by the embedded profile, if there is one. Raises `InputRefused` (``color_mode``)."""
    profile = image.info.get("icc_profile")
    grey = image.mode in ("L", "1", "LA") or image.mode in _DEEP
    if image.mode in _DEEP:
        image = _eight_bit(image)
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode in ("P", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        grey = False
    elif image.mode in ("YCbCr", "RGBX", "HSV"):
        image = image.convert("RGB")
    if "A" in image.getbands() and image.mode != "LAB":
        color, alpha = image.convert("L" if grey else "RGB"), image.getchannel("A")
        image = Image.composite(color, Image.new(color.mode, color.size, "white"), alpha)
    if image.mode not in _WITH_PROFILE:
        raise InputRefused(
            "color_mode", "This colour mode is not redacted in this version.", "Convert it to 8-bit RGB first."
        )
    converted = _by_profile(image, profile) if profile else None
    if converted is not None:
        return converted
    if image.mode == "LAB":
        return _from_lab(image)
    return image.convert("RGB") if image.mode == "CMYK" else image


def bare(image: Image.Image) -> Image.Image:
    """The pixels alone, under a new image without ``info``, so that no writer can copy anything along; not a copy of them."""
    return Image.Image()._new(image.im)


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """None for a damaged or foreign profile: the numbers are then taken as they are, as viewers do."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except Exception:
        return None
    if converted is None:
        return None
    return converted.convert("L") if image.mode == "L" else converted


def _from_lab(image: Image.Image) -> Image.Image:
    lab, target = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(image, lab, target, outputMode="RGB")
    if converted is None:
        raise InputRefused("color_mode", "The picture's colour cannot be converted.", "Convert it to 8-bit RGB first.")
    return converted


def _eight_bit(image: Image.Image) -> Image.Image:
    """16-bit grey to 8 bit, rounded to the nearest level. What is no 16-bit sample is refused."""
    values = np.asarray(image)
    if values.dtype.kind not in "iu" or int(values.min(initial=0)) < 0 or int(values.max(initial=0)) > 65_535:
        raise InputRefused(
            "color_mode", "Samples of more than 16 bits are not redacted in this version.", "Convert it to 8 bit first."
        )
    return Image.fromarray(((values.astype(np.uint32) * 255 + 32_767) // 65_535).astype(np.uint8))
