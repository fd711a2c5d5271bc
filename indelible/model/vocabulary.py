"""Closed vocabularies. An id is never reused, and nothing outside these lists enters a certificate."""

from enum import StrEnum


class Kind(StrEnum):
    """What a region shows."""

    FACE = "face"
    PERSON = "person"
    PLATE = "plate"
    TEXT = "text"
    CODE = "code"
    SIGNATURE = "signature"
    CUSTOM = "custom"


class EntityType(StrEnum):
    """What a piece of text names. Stays out of public certificates: it says what was hidden."""

    NAME = "NAME"
    ADDRESS = "ADDRESS"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    CARD = "CARD"
    IBAN = "IBAN"
    ID_NUMBER = "ID_NUMBER"
    MRZ = "MRZ"
    DATE_OF_BIRTH = "DATE_OF_BIRTH"
    PLATE = "PLATE"
    URL = "URL"
    IP = "IP"
    LICENCE = "LICENCE"
    OTHER = "OTHER"


class TextMode(StrEnum):
    """Which text is redacted: personal data, every line, or none."""

    PII = "pii"
    ALL = "all"
    NONE = "none"


class Mode(StrEnum):
    """What the locator favours: recall (a missed face is a leak), or a little less of it for fewer boxes."""

    RECALL = "recall"
    BALANCED = "balanced"


class Outcome(StrEnum):
    """What one check came to. There is no value for "skipped"."""

    HELD = "held"
    BROKEN = "broken"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


class Evidence(StrEnum):
    """What is known about one region."""

    BY_CONSTRUCTION = "by_construction"
    RESISTED = "resisted"
    BROKEN = "broken"
    UNKNOWN = "unknown"


class VerdictWord(StrEnum):
    """The four words a file can earn."""

    CERTIFIED = "certified"
    CERTIFIED_WITH_LIMITS = "certified_with_limits"
    INCONCLUSIVE = "inconclusive"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a file is refused or undecided."""

    ATK_BROKEN = "R-ATK-BROKEN"
    DETECTOR_HIT = "R-DETECTOR-HIT"
    NI_MISMATCH = "R-NI-MISMATCH"
    REDERIVE_MISMATCH = "R-REDERIVE-MISMATCH"
    META_RESIDUE = "R-META-RESIDUE"
    THUMB_ORIGINAL = "R-THUMB-ORIGINAL"
    TRAILING_DATA = "R-TRAILING-DATA"
    C2PA_THUMBNAIL = "R-C2PA-THUMBNAIL"
    CROSSFILE_LINK = "R-CROSSFILE-LINK"
    NAME_PII = "R-NAME-PII"
    PIXEL_RESIDUE = "R-PIXEL-RESIDUE"  # added to EVIDENCE.md's list: see docs/decisions/0003-reason-codes.md
    COVERAGE_GAP = "R-COVERAGE-GAP"
    CONTROL_UNARMED = "R-CONTROL-UNARMED"
    MODEL_MISSING = "R-MODEL-MISSING"
    TOOL_ERROR = "R-TOOL-ERROR"
    UNKNOWN_STRUCTURE = "R-UNKNOWN-STRUCTURE"
    BUDGET_CUT = "R-BUDGET-CUT"
    PARSERS_DISAGREE = "R-PARSERS-DISAGREE"


class Limit(StrEnum):
    """What a certificate that holds still cannot say."""

    METHOD_LOSSY = "L-METHOD-LOSSY"
    SOURCE_CODEC = "L-SOURCE-CODEC"
    NO_ORIGINAL = "L-NO-ORIGINAL"
    NO_RERUN = "L-NO-RERUN"
    GEOMETRY = "L-GEOMETRY"
    CLASS_OUT_OF_SCOPE = "L-CLASS-OUT-OF-SCOPE"
    NO_REGIONS = "L-NO-REGIONS"
    BEYOND_POLICY = "L-BEYOND-POLICY"
    NO_HUMAN_REVIEW = "L-NO-HUMAN-REVIEW"
