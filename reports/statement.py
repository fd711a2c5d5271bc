"""The constants and closed lists of a certificate, in one place, so that builder, checker and renderer cannot differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from indelible.model import Outcome

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
#: A name, not an address: the domain of the final type URI is still open.
PREDICATE_TYPE = "urn:indelible:redaction-evidence:v0.1"
PROFILE = "public"
PIXEL_SPEC = "upright-rgb8/1"
#: How a certificate is signed, or that it is not.
UNSIGNED, SIGNED = "unsigned", "dsse-ed25519"
COMMITMENT = "hmac-sha256/file-key"

#: What no certificate of ours says, whatever its verdict.
DOES_NOT_ASSERT = (
    "ANONYMITY",
    "GDPR_COMPLIANCE",
    "ART42_CERTIFICATION",
    "COMPLETENESS_OF_DETECTION",
    "CONTEXTUAL_IDENTIFICATION",
    "FUTURE_ATTACKS",
    "AUTHENTICITY_OF_SCENE",
    "COPIES_ELSEWHERE",
    "EARLIER_GENERATIONS",
    "DEVICE_LINKAGE",
)

#: Identifying things that nobody looks for in this version, whatever the policy says.
NEVER_EXAMINED = ("body_shape", "clothing", "gait", "handwriting", "scene_location", "tattoo", "vehicle")

#: Claim, its one strength, and the families of checks whose rows carry it. The order is the report's.
CLAIMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "PIX-NI": ("by_construction", "construction"),
        "PIX-RES": ("resisted", "attack"),
        "RESIDUAL": ("observed", "residual"),
        "PIXELS": ("observed", "pixels"),
        "PREVIEW": ("observed", "preview"),
        "META": ("observed", "metadata"),
        "STRUCT": ("observed", "structure"),
    }
)

#: Worst first: the status of a claim is the worst outcome among its rows.
WORST_FIRST = (Outcome.BROKEN, Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.HELD)

#: Policies whose names may be printed; a name from a user's own file is the user's, and reads "custom".
POLICY_NAMES = frozenset({"public", "court", "internal"})

#: Months for which a certificate is valid.
MONTHS_BY_CONSTRUCTION, MONTHS_RESISTED = 36, 12

#: Bits per block of a mosaic: three channels of eight bits.
BITS_PER_BLOCK = 24

ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DIGEST = re.compile(r"[0-9a-f]{64}")
RUN_ID = re.compile(r"[0-9a-f]{8,64}")
UUID_URN = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,39}")
CODEC = re.compile(r"[A-Za-z][A-Za-z0-9._+-]{0,39}")
CHECK_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,3}")
CHANNEL = re.compile(r"[a-z][a-z0-9_]{0,23}(\.[a-z0-9_]{1,24}){0,4}")
RULE_ID = re.compile(r"[LA][0-9]{3}")
WHERE = re.compile(r"file|offset (0|[1-9][0-9]{0,14})|region [A-Za-z0-9_-]{1,32}")
TOKEN = re.compile(r"[a-z][a-z0-9_]{0,39}")
REGION_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
STRUCTURE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.+-]{0,31}")
METHOD = re.compile(r"[a-z][a-z0-9_]{0,23}/[0-9]{1,3}|unknown")
MEDIA_TYPE = re.compile(r"[a-z]{1,16}/[a-z0-9.+-]{1,32}")
BUCKETS = ("1", "1-9", "2-9", "10-50", "50+")
VERSIONED_CHECK = re.compile(CHECK_ID.pattern + r"/[0-9]{1,4}")
ROW_ID = re.compile(r"k[0-9]{2,6}")
CONTROL_ID = re.compile(r"c[1-9][0-9]{0,5}")
DETECTOR = re.compile(r"[A-Za-z][A-Za-z0-9._+-]{0,39}(/[0-9A-Za-z.]{1,20})?")
POLICY_ID = re.compile(r"(court|custom|internal|public)/[0-9]{1,3}")
SUITE_ID = re.compile(r"[0-9]{4}\.[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
DECIMAL = re.compile(r"(0|[1-9][0-9]{0,15})(\.[0-9]{1,9})?")
#: A link from the run's index: relative, downwards only.
LINK = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}){0,4}")
