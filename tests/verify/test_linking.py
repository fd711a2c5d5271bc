"""What links a file to another: ids and serials that a camera or an editor writes into every picture of theirs."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from indelible.corpus import jpegfile
from indelible.corpus.exif import RESOLUTION, Exif, gps, xmp
from indelible.media import open_picture
from indelible.model import Box, Kind, Outcome, Redaction, RedactionPlan, Region, Source
from indelible.redact.apply import PlannedRedactor
from indelible.reports.certificate import CertificateInvalid, canonical, parse, recompute
from indelible.verify.checks import CHECKS
from indelible.verify.controls import observe
from indelible.verify.run import lay_out
from tests.reports.examinations import statement

OWNER, MAKE, DESCRIPTION = 0x013B, 0x010F, 0x010E


def _shot(seed: int, block: bytes | None, packet: bytes | None) -> bytes:
    """One picture of a burst, with what its camera and its editor wrote into it."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(40, 220, (12, 16, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).resize((160, 120), Image.Resampling.BICUBIC).save(stream, "JPEG", quality=90)
    extra = [jpegfile.app1_exif(block)] if block else []
    extra += [jpegfile.app1_xmp(packet)] if packet else []
    return jpegfile.insert(stream.getvalue(), *extra) if extra else stream.getvalue()


def _published(original: bytes) -> bytes:
    picture = open_picture(original)
    plan = RedactionPlan(
        source=Source(sha256=picture.sha256, width=picture.width, height=picture.height),
        policy="public",
        redactions=(Redaction(id="r1", kind=Kind.FACE, region=Region(box=Box(40, 30, 50, 50))),),
    )
    return PlannedRedactor.bind(plan, picture).publish(picture.images)


CAMERA = Exif(
    image={**RESOLUTION, MAKE: "Acme", OWNER: "Anna Eriksson", DESCRIPTION: "serial 4711-0042"},
    position=gps(-48.8767, -123.3933),
).to_bytes()
EDITOR = xmp(
    {
        "xmpMM:DocumentID": "xmp.did:7f3a0001",
        "xmpMM:OriginalDocumentID": "xmp.did:7f3a0000",
        "exif:ImageUniqueID": "0042",
    }
)


@pytest.mark.claim("T-LINK-01")
@pytest.mark.parametrize("seed", [1, 2])
def test_no_file_carries_over_what_its_neighbours_carry_too(seed: int) -> None:
    """Two pictures of one camera and one editor: each is published with the same bytes as if it came from nowhere."""
    assert _published(_shot(seed, CAMERA, EDITOR)) == _published(_shot(seed, None, None))


@pytest.mark.claim("T-LINK-01")
def test_what_was_left_in_two_files_of_another_tool_is_found_in_both() -> None:
    """The same id in both would link them: neither passes."""
    for seed in (1, 2):
        outcome, observation = observe(
            CHECKS.get("containers.walk"), lay_out(_shot(seed, None, EDITOR), extension=".jpg")
        )

        assert outcome is Outcome.BROKEN
        assert any(finding.channel.startswith("xmp") for finding in observation.findings)


@pytest.mark.claim("T-LINK-03")
@pytest.mark.parametrize(
    ("block", "packet", "channel"),
    [
        (None, xmp({"xmpMM:DocumentID": "xmp.did:7f3a0001"}), "xmp"),
        (None, xmp({"exif:ImageUniqueID": "0042"}), "xmp.serial"),
        (CAMERA, None, "exif"),
    ],
)
def test_ids_and_serials_are_found_and_not_repeated(block: bytes | None, packet: bytes | None, channel: str) -> None:
    """By their places; the number itself is in no finding. Without them the file holds."""
    check = CHECKS.get("containers.walk")
    outcome, observation = observe(check, lay_out(_shot(3, block, packet), extension=".jpg"))
    clean, _ = observe(check, lay_out(_published(_shot(3, block, packet)), extension=".jpg"))

    assert (outcome, clean) == (Outcome.BROKEN, Outcome.HELD)
    assert any(finding.channel.startswith(channel) for finding in observation.findings)
    assert not any(value in repr(observation) for value in ("0042", "7f3a", "Eriksson", "48.8"))


@pytest.mark.claim("T-LINK-03")
def test_the_noise_of_a_sensor_is_a_non_claim_of_every_certificate() -> None:
    """It is not examined: each certificate says so, and one that does not is none."""
    silent = statement("certified")
    assert "DEVICE_LINKAGE" in silent["predicate"]["doesNotAssert"]

    silent["predicate"]["doesNotAssert"].remove("DEVICE_LINKAGE")
    with pytest.raises(CertificateInvalid):
        parse(canonical(silent))
    assert "non_claims_changed" in recompute(silent)
