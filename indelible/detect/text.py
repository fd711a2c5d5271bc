"""Text: the lines that the reader found, all of them or those that hold personal data."""

from __future__ import annotations

from indelible.detect.entities import classify
from indelible.detect.registry import detector
from indelible.detect.scene import Scene
from indelible.detect.script import in_other_script
from indelible.model import Box, Detection, Kind, Mode, NotExamined, Policy, TextMode

#: In balanced mode what a rule is less sure of is left: one sign alone, or two weak ones.
_BALANCED = 0.5


@detector("text.rapidocr", finds={Kind.TEXT}, version=3)
def find_text(scene: Scene, policy: Policy) -> tuple[Detection | NotExamined, ...]:
    """Personal data, or every line, as the policy asks; the text itself is dropped here.

    A line that was found and not read, because the page has too many, is taken whole. Lines in other than Latin letters are
    searched for numbers and addresses of mail and web only, and reported.
    """
    if policy.text is TextMode.NONE:
        return ()
    lines = scene.lines
    left_out = {"too_many"} if any(not line.text for line in lines) else set()
    if policy.text is TextMode.ALL:
        found = tuple(_detection(box, line.score) for line in lines for box in line.boxes)
    else:
        left_out |= {"script"} if any(in_other_script(line.text, line.score) for line in lines) else set()
        least = _BALANCED if policy.mode is Mode.BALANCED else 0.0
        found = tuple(
            Detection(
                kind=Kind.TEXT,
                box=span.box,
                # how sure the rule is counts first; a doubtful reading takes a little away
                score=span.confidence * (0.8 + 0.2 * lines[span.line].score),
                detector="text.rapidocr",
                entity=span.entity,
            )
            for span in classify(lines, policy.text_rules)
            if span.confidence >= least
        )
    return (*found, *(NotExamined(kind=Kind.TEXT, reason=reason) for reason in sorted(left_out)))


def _detection(box: Box, score: float) -> Detection:
    return Detection(kind=Kind.TEXT, box=box, score=score, detector="text.rapidocr")
