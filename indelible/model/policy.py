"""What to look for, how far to grow it and how to remove it: the caller's decision, made before a pixel is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from indelible.model.geometry import Box
from indelible.model.policy_fields import check_fields
from indelible.model.text_rules import TextRules
from indelible.model.vocabulary import Kind, Mode, TextMode

#: Kinds that the policy ``public`` names.
PUBLIC_KINDS = (Kind.FACE, Kind.PLATE, Kind.TEXT, Kind.CODE, Kind.SIGNATURE)

#: Share of the box's size added on each side, by kind (measured: DETECTION.md).
MARGINS: Mapping[Kind, float] = MappingProxyType(
    {
        Kind.FACE: 0.15,
        Kind.PERSON: 0.05,
        Kind.PLATE: 0.10,
        Kind.TEXT: 0.10,
        Kind.CODE: 0.12,
        Kind.SIGNATURE: 0.10,
        Kind.CUSTOM: 0.0,
    }
)

#: Boxes that a policy may tell to leave alone.
MAX_IGNORED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One named set of choices.

    ``mosaic_blocks`` counts blocks across the shorter side of a region, never pixels. ``thresholds`` drops detections of a kind
    below a score, 0.0 to 1.0. ``ignore`` holds boxes in upright pixels that a person let stand, whatever is found there. With
    ``head`` a face's box grows to the whole head. With ``human_review`` a person has to have decided something in the plan:
    where nobody did, the certificate has a limit.
    """

    name: str = "public"
    kinds: tuple[Kind, ...] = PUBLIC_KINDS
    mode: Mode = Mode.RECALL
    text: TextMode = TextMode.PII
    text_rules: TextRules = field(default_factory=TextRules)
    people: str = "solid"  # solid | mosaic
    color: str = "#000000"
    mosaic_blocks: int = 5  # at most 6 across a face; 5 keeps a block over half the distance of the eyes
    margins: Mapping[Kind, float] = field(default_factory=lambda: MARGINS)
    head: bool = False
    human_review: bool = False
    thresholds: Mapping[Kind, float] = field(default_factory=lambda: MappingProxyType({}))
    ignore: tuple[Box, ...] = ()
    accept_limits: tuple[str, ...] = ()
    switched_off: tuple[Kind, ...] = ()  # kinds that the policy named before the caller's choice took them out

    def __post_init__(self) -> None:
        if self.people not in ("solid", "mosaic"):
            raise ValueError("people: solid or mosaic")
        if not 1 <= self.mosaic_blocks <= 6:
            raise ValueError("mosaic_blocks: 1 to 6; finer mosaics are readable")
        if not self.kinds:
            raise ValueError("kinds: at least one")
        if any(not 0.0 <= share <= 1.0 for share in self.margins.values()):
            raise ValueError("margins: shares from 0 to 1")
        if any(not 0.0 <= score <= 1.0 for score in self.thresholds.values()):
            raise ValueError("thresholds: scores from 0 to 1")
        if len(self.ignore) > MAX_IGNORED:
            raise ValueError(f"ignore: at most {MAX_IGNORED} boxes")

    def with_choices(self, **choices: Any) -> Policy:
        """The same policy with the given fields changed; None leaves a field as it is.

        Kinds that it named and that are not among the new ones are remembered: they become a limit of the certificate.
        """
        changed = {key: value for key, value in choices.items() if value is not None}
        if "kinds" in changed:
            changed["switched_off"] = tuple(kind for kind in self.kinds if kind not in changed["kinds"])
        return replace(self, **changed)

    def to_dict(self) -> dict[str, Any]:
        """A JSON object with every field, in a fixed order."""
        return {
            "name": self.name,
            "kinds": [kind.value for kind in self.kinds],
            "mode": self.mode.value,
            "text": self.text.value,
            "text_rules": self.text_rules.to_dict(),
            "people": self.people,
            "color": self.color,
            "mosaic_blocks": self.mosaic_blocks,
            "margins": {kind.value: self.margins[kind] for kind in Kind if kind in self.margins},
            "head": self.head,
            "human_review": self.human_review,
            "thresholds": {kind.value: self.thresholds[kind] for kind in Kind if kind in self.thresholds},
            "ignore": [box.to_list() for box in self.ignore],
            "accept_limits": list(self.accept_limits),
            "switched_off": [kind.value for kind in self.switched_off],
        }

    @classmethod
    def from_dict(cls, untrusted: Mapping[str, Any]) -> Policy:
        """From a policy file; unknown or wrong fields raise ValueError with the field's name and what it takes."""
        check_fields(untrusted, sorted(item.name for item in fields(cls)))
        values = dict(untrusted)
        try:
            for field_name in ("kinds", "switched_off"):
                if field_name in values:
                    values[field_name] = tuple(Kind(kind) for kind in values[field_name])
            if "mode" in values:
                values["mode"] = Mode(values["mode"])
            if "text" in values:
                values["text"] = TextMode(values["text"])
            if "text_rules" in values:
                values["text_rules"] = TextRules.from_dict(values["text_rules"])
            if "thresholds" in values:
                values["thresholds"] = {Kind(kind): float(score) for kind, score in values["thresholds"].items()}
            if "ignore" in values:
                values["ignore"] = _boxes(values["ignore"])
            if "margins" in values:
                values["margins"] = {
                    **MARGINS,
                    **{Kind(kind): float(share) for kind, share in values["margins"].items()},
                }
            if "accept_limits" in values:
                values["accept_limits"] = tuple(str(code) for code in values["accept_limits"])
        except (TypeError, AttributeError) as problem:
            raise ValueError("a field has the wrong type") from problem
        return cls(**values)


def _boxes(untrusted: Any) -> tuple[Box, ...]:
    try:
        return tuple(Box.from_list(list(box)) for box in untrusted)
    except (TypeError, ValueError):
        raise ValueError("ignore: a list of boxes [x, y, width, height]") from None
