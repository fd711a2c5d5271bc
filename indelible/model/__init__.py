"""The words that every part shares: frozen values that check themselves, standard library only."""

from indelible.model.check import Check, Control, Polarity
from indelible.model.detection import Detection, NotExamined
from indelible.model.finding import Finding, Severity
from indelible.model.geometry import Box, Region
from indelible.model.plan import PLAN_SCHEMA, FillStyle, Redaction, RedactionPlan, Source, State
from indelible.model.policy import Policy
from indelible.model.text_rules import TextRules
from indelible.model.verdict import RegionEvidence, Verdict
from indelible.model.vocabulary import (
    EntityType,
    Evidence,
    Kind,
    Limit,
    Mode,
    Outcome,
    Reason,
    TextMode,
    VerdictWord,
)

__all__ = [
    "PLAN_SCHEMA",
    "Box",
    "Check",
    "Control",
    "Detection",
    "EntityType",
    "Evidence",
    "FillStyle",
    "Finding",
    "Kind",
    "Limit",
    "Mode",
    "NotExamined",
    "Outcome",
    "Polarity",
    "Policy",
    "Reason",
    "Redaction",
    "RedactionPlan",
    "Region",
    "RegionEvidence",
    "Severity",
    "Source",
    "State",
    "TextMode",
    "TextRules",
    "Verdict",
    "VerdictWord",
]
