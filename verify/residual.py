"""What the second detectors' hits mean: under a fill, let stand by a person, or left over."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PIL import Image

from indelible.model import Box, Finding, Kind, Reason, Severity
from indelible.model.geometry import covered_share
from indelible.verify.checks import Observation
from indelible.verify.subject import Subject

#: Share of a hit that lies under the filled regions, or under a box that a person rejected, for it not to count.
UNDER_FILL = 0.6
UNDER_REJECTED = 0.5


def where_named(kind: Kind) -> Callable[[Subject], str | None]:
    """The rule of when a second look applies: where the policy names the kind."""
    return lambda subject: None if kind in subject.policy.kinds else "kind_not_in_policy"


def small_grey(image: Image.Image, most_pixels: int) -> tuple[Image.Image, float]:
    """A grey copy of at most about ``most_pixels``, and its scale: 1.0 where the picture is small enough."""
    scale = min(1.0, (most_pixels / (image.width * image.height)) ** 0.5)
    grey = image.convert("L")
    if scale < 1.0:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        grey = grey.resize(size, Image.Resampling.BOX)
    return grey, scale


def hits_left(subject: Subject, hits: Iterable[Box]) -> tuple[Box, ...]:
    """The hits that nothing covers and nobody waived, sorted."""
    filled = [region.region.box for region in subject.regions]
    waived = [] if subject.plan is None else [i.region.box for i in subject.plan.redactions if not i.applies]
    return tuple(
        sorted(
            {
                box
                for box in hits
                if covered_share(box, filled) < UNDER_FILL
                and not any(covered_share(box, [other]) >= UNDER_REJECTED for other in waived)
            }
        )
    )


def residual_observation(rule: str, channel: str, left: tuple[Box, ...]) -> Observation:
    """One finding per hit that is left; where it stands is said by its box, what it shows is not."""
    findings = tuple(
        Finding(
            rule=rule,
            channel=channel,
            severity=Severity.CRITICAL,
            where=f"box {box.x},{box.y},{box.width},{box.height}",
            remedy="Look at this place; redact it, or reject it in the plan.",
        )
        for box in left[:_MOST]
    )
    return Observation(findings=findings, why=Reason.DETECTOR_HIT.value if findings else None)


#: Findings that one row lists; a crowd needs no thousand.
_MOST = 200
