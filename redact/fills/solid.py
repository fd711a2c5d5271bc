"""One colour, chosen before any pixel was read."""

from PIL import Image, ImageColor

from indelible.model import Redaction
from indelible.redact.fills import FILLS, Fill


def solid(redaction: Redaction, mode: str, size: tuple[int, int]) -> Image.Image:
    """A patch of the redaction's colour, mode ``RGB`` or ``L`` (ITU-R BT.601 luma)."""
    return Image.new(mode, size, ImageColor.getcolor(redaction.color, mode))


FILLS.add("solid", Fill(name="solid", version=1, blind=solid))
