"""Text: the lines that the reader found, all of them or those that hold personal data."""

from __future__ import annotations

from indelible.detect.entities import classify
from indelible.detect.registry import detector
from indelible.detect.scene import Scene
from indelible.model import Detection, Kind, Policy, TextMode


@detector("text.rapidocr", finds={Kind.TEXT}, version=1)
def find_text(scene: Scene, policy: Policy) -> tuple[Detection, ...]:
    """Personal data, or every line, as the policy asks; the text itself is dropped here."""
    if policy.text is TextMode.NONE:
        return ()
    lines = scene.lines
    if policy.text is TextMode.ALL:
        return tuple(
            Detection(kind=Kind.TEXT, box=line.box, score=line.score, detector="text.rapidocr") for line in lines
        )
    return tuple(
        Detection(
            kind=Kind.TEXT,
            box=span.box,
            score=lines[span.line].score,
            detector="text.rapidocr",
            entity=span.entity,
        )
        for span in classify(lines, policy.text_rules)
    )
