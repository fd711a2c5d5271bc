"""From an examination to a certificate: an in-toto statement about the published file, and only about that file.

Strict JSON without floats, durations, paths, names or scores. `claims`, `coverage` and `leakage` are derived, so that anybody
can derive them again (`recompute`). The issuer's key is named inside, the signature lies in an envelope beside it (`seal`); a
certificate without a key says that it is unsigned.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from indelible.reports import derive, dsse, keys, lifetime, statement
from indelible.reports.projection import (
    control_of,
    controls_of,
    detectors_of,
    environment_of,
    interference_of,
    limited_regions,
    metadata_of,
    must,
    policy_of,
    region_of,
    row_of,
    suite_of,
    token,
)
from indelible.reports.recompute import recompute
from indelible.reports.strict import CertificateInvalid, canonical, parse
from indelible.reports.view_legal import pack
from indelible.verify.examination import Examination, reviewed
from indelible.verify.judge import RULE

__all__ = ["CertificateInvalid", "build", "canonical", "parse", "recompute", "seal"]


def build(
    examination: Examination,
    *,
    alias: str,
    issued_at: datetime,
    certificate_id: str,
    run_id: str,
    tool_version: str,
    public_key: bytes | None = None,
    commitment: str | None = None,
) -> dict[str, Any]:
    """The statement about one examined file.

    Args:
        examination: what was found; pure data.
        alias: a neutral name (letters, digits, ``.``, ``_``, ``-``); never the user's file name.
        issued_at: with a time zone; kept to the second.
        certificate_id: a random UUID, with or without ``urn:uuid:``.
        run_id: 8 to 64 hexadecimal digits.
        tool_version: our version.
        public_key: the 32 bytes of the issuer's key, if the certificate will be sealed with it.
        commitment: the keyed commitment to the original, 64 hexadecimal digits: see `indelible.reports.commitment`.

    Returns:
        A statement that `canonical` turns into bytes and `parse` accepts.

    Raises:
        ValueError: an argument is not of its closed form.
    """
    if issued_at.tzinfo is None:
        raise ValueError("issued_at: with a time zone")
    urn = certificate_id if certificate_id.startswith("urn:uuid:") else f"urn:uuid:{certificate_id}"
    controls = controls_of(examination)
    rows = [row_of(number, row, controls) for number, row in enumerate(examination.rows, 1)]
    regions = [region_of(item) for item in examination.regions]
    required = sorted(set(examination.required))
    predicate = {
        "certificateId": must(statement.UUID_URN, urn, "certificate_id"),
        "runId": must(statement.RUN_ID, run_id, "run_id"),
        "profile": statement.PROFILE,
        "supersedes": None,
        "issuedAt": issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "validity": {"notAfter": _not_after(issued_at.astimezone(UTC), examination)},
        "verdict": examination.verdict.word.value,
        "verdictRule": RULE,
        "claims": derive.claims(rows, regions),
        "limits": [
            {"code": code.value, "regions": limited_regions(code, examination)} for code in examination.verdict.limits
        ],
        "reasons": [reason.value for reason in examination.verdict.reasons],
        "doesNotAssert": list(statement.DOES_NOT_ASSERT),
        "issuer": None if public_key is None else issuer_of(public_key),
        "signature": statement.UNSIGNED if public_key is None else statement.SIGNED,
        "tool": {"name": "indelible", "version": must(statement.VERSION, tool_version, "tool_version")},
        "environment": environment_of(examination.environment),
        "policy": policy_of(examination.policy),
        "suite": suite_of(rows, required),
        "decisionRule": {"bound": "clopper-pearson-one-sided", "confidence": "0.95"},
        "releaseContext": {"recipient": "public"},
        "attackerModel": {
            "knowsMethod": True,
            "knowsParameters": True,
            "otherImages": "gallery" if examination.gallery else "none",
            "galleryN": examination.gallery or None,
        },
        "original": {
            "given": examination.original_given,
            "unchanged": None,
            "custody": "unknown",
            "commitment": None
            if commitment is None
            else {"alg": statement.COMMITMENT, "value": must(statement.DIGEST, commitment, "commitment")},
        },
        "plan": {"digest": derive.digest({"regions": regions}), "regions": regions},
        "interference": interference_of(examination),
        "leakage": derive.leakage(regions),
        "rederivation": {
            "runs": 0 if examination.rederived_equal is None else 2,
            "equal": examination.rederived_equal,
            "secondMachine": None,
        },
        "controls": [control_of(name, control) for control, name in controls.items()],
        "rows": rows,
        "coverage": {
            **derive.coverage(rows, required),
            "outOfScope": sorted({*statement.NEVER_EXAMINED, *(item.kind.value for item in examination.not_examined)}),
            "notExamined": sorted(
                ({"kind": item.kind.value, "reason": token(item.reason)} for item in examination.not_examined),
                key=lambda item: (item["kind"], item["reason"]),
            ),
        },
        "detectors": detectors_of(examination.detectors),
        "metadata": metadata_of(examination.census),
        "humanReview": {
            "performed": reviewed(examination.regions, examination.rejected_regions),
            "decision": None,
            "rejectedRegions": examination.rejected_regions,
        },
        "legalPack": pack(),
    }
    return {
        "_type": statement.STATEMENT_TYPE,
        "subject": [
            {
                "name": must(statement.ALIAS, alias, "alias"),
                "digest": {"sha256": must(statement.DIGEST, examination.sha256, "sha256")},
                "mediaType": must(statement.MEDIA_TYPE, examination.media_type, "media_type"),
                "annotations": {
                    "width": examination.width,
                    "height": examination.height,
                    "frames": examination.frames,
                    "pixelSha256": examination.pixel_sha256,
                    "pixelSpec": statement.PIXEL_SPEC,
                },
            }
        ],
        "predicateType": statement.PREDICATE_TYPE,
        "predicate": predicate,
    }


def seal(certificate: dict[str, Any], signer: dsse.Signing) -> bytes:
    """The envelope to be written as ``NAME.certificate.dsse``, around the exact bytes of ``NAME.certificate.json``.

    Raises ValueError if the certificate names another key than the signer's: build it with ``public_key=signer.public_key``.
    """
    issuer = certificate["predicate"]["issuer"]
    if issuer is None or issuer["keyId"] != signer.key_id:
        raise ValueError("the certificate does not name the key that is to sign it")
    return dsse.sign(canonical(certificate), signer)


def issuer_of(public_key: bytes) -> dict[str, str]:
    """Who issued it, by the key alone: no name."""
    return {
        "assurance": "self",
        "keyId": keys.key_id(public_key),
        "publicKey": base64.b64encode(public_key).decode("ascii"),
    }


def _not_after(issued_at: datetime, examination: Examination) -> str:
    until = lifetime.not_after(issued_at, [item.evidence for item in examination.regions])
    return until.strftime("%Y-%m-%dT%H:%M:%SZ")
