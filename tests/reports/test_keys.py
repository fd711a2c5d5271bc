"""The user's key: made once, private, never shown; and the keyed link to an original."""

from __future__ import annotations

import json
import os
import pickle
import stat
from pathlib import Path

import pytest

from indelible import cli
from indelible.errors import UsageError
from indelible.reports import commitment, keys
from indelible.reports.certificate import canonical
from tests.reports.bundles import ISSUER, statement_of


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty key folder."""
    folder = tmp_path / "data" / "keys"
    monkeypatch.setenv("INDELIBLE_KEYS", str(folder))
    return folder


def _secrets(place: Path) -> tuple[str, ...]:
    """The private key in the forms in which it could slip out."""
    import base64

    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem = (place / keys.PRIVATE).read_bytes()
    raw = load_pem_private_key(pem, None).private_bytes_raw()  # type: ignore[union-attr]
    return (raw.hex(), base64.b64encode(raw).decode(), pem.decode().splitlines()[1], "PRIVATE")


@pytest.mark.claim("T-SEAL-01")
def test_new_key_is_the_users_alone_and_never_printed(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Mode 0600 in a folder of mode 0700; the public half on stdout, no half of the private one anywhere."""
    assert cli.run(["keys", "new"]) == 0
    made = capfd.readouterr()
    assert cli.run(["keys", "show"]) == 0
    shown = capfd.readouterr()
    assert cli.run(["keys", "show", "--json"]) == 0
    document = json.loads(capfd.readouterr().out)

    assert stat.S_IMODE((place / keys.PRIVATE).stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert keys.parse_public(shown.out.encode()) == keys.own_public_keys()[0]
    assert document["keyId"] in shown.err and document["keyId"] == keys.key_id(keys.own_public_keys()[0])
    for text in (made.out, made.err, shown.out, shown.err, repr(keys.signer()), str(document)):
        assert not any(secret in text for secret in _secrets(place))


def test_a_key_is_not_replaced_by_accident(place: Path) -> None:
    """The second `new` is refused; with --replace the old public key keeps vouching."""
    first = keys.new()

    assert cli.run(["keys", "new"]) == 2
    second = keys.new(replace=True)
    assert set(keys.own_public_keys()) == {first.public_key, second.public_key}
    signer = keys.signer()
    assert signer is not None and signer.key_id == second.key_id != first.key_id


def test_no_key_is_no_error_for_certify_and_one_for_show(place: Path) -> None:
    """Without a key certificates are unsigned; `show` says how to make one."""
    assert keys.signer() is None
    assert keys.own_public_keys() == ()
    assert cli.run(["keys", "show"]) == 2


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_key_that_others_can_read_is_not_used(place: Path) -> None:
    """As ssh does it."""
    keys.new()
    (place / keys.PRIVATE).chmod(0o640)

    with pytest.raises(UsageError) as caught:
        keys.signer()
    assert caught.value.code == "key_open_to_others"
    assert str(place) not in str(caught.value)


def test_a_signer_does_not_travel(place: Path) -> None:
    """A worker process gets the file's path, never the key."""
    with pytest.raises(TypeError):
        pickle.dumps(keys.new())


@pytest.mark.parametrize("height", sorted(keys._WEAK_HEIGHTS))
def test_weak_points_are_refused_with_either_sign(height: int) -> None:
    """Every point of small order, in every spelling."""
    for sign in (0, 2**255):
        assert keys.is_weak((height + sign).to_bytes(32, "little"))
    assert not keys.is_weak(ISSUER.public_key)


def test_weak_heights_are_of_order_eight() -> None:
    """Eight times the point is the neutral point, by the curve's own arithmetic."""
    prime = 2**255 - 19
    slope = -121665 * pow(121666, -1, prime) % prime

    def twice(y_squared: int) -> int:
        """The square of the height after doubling; only squares are needed. x² = (y² - 1) / (d y² + 1)."""
        x_squared = (y_squared - 1) * pow(slope * y_squared + 1, -1, prime) % prime
        height = (y_squared + x_squared) * pow(1 - slope * x_squared * y_squared, -1, prime) % prime
        return height * height % prime

    for height in keys._WEAK_HEIGHTS:
        square = height % prime * height % prime
        for _ in range(3):
            square = twice(square)
        assert square == 1


# --- the link to the original -----------------------------------------------------------------------------------------


@pytest.mark.claim("T-LEAK-06")
def test_commitment_is_keyed_and_fresh() -> None:
    """The same original twice: two commitments, and neither is a digest that a guess could confirm."""
    import hashlib

    original = b"an original"
    one, two = commitment.new_key(), commitment.new_key()

    assert commitment.commit(original, one) != commitment.commit(original, two)
    assert commitment.commit(original, one) != hashlib.sha256(original).hexdigest()
    assert commitment.opens(commitment.commit(original, one), original, one)
    assert not commitment.opens(commitment.commit(original, one), original, two)
    assert not commitment.opens(commitment.commit(original, one), b"another", one)


@pytest.mark.claim("T-SEAL-01")
@pytest.mark.claim("T-ERASE-01")
def test_link_is_private_and_can_be_erased(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The key lies in private/, mode 0600, and in no certificate; with it `check` proves the link, without it nobody can."""
    original = tmp_path / "original.jpg"
    original.write_bytes(b"an original")
    key = commitment.new_key()
    statement = statement_of(public_key=None, commitment=commitment.commit(b"an original", key))
    certificate = tmp_path / "x.certificate.json"
    certificate.write_bytes(canonical(statement))
    link = commitment.write_link(tmp_path, "x", certificate_id=statement["predicate"]["certificateId"], key=key)
    command = ["check", str(certificate), "--original", str(original), "--link", str(link), "--json"]

    assert cli.run(command) == 20  # unsigned
    assert json.loads(capfd.readouterr().out)["original"] == "matches"
    assert stat.S_IMODE(link.stat().st_mode) == 0o600 and stat.S_IMODE(link.parent.stat().st_mode) == 0o700
    assert key.hex().encode() not in certificate.read_bytes()

    original.write_bytes(b"another")
    assert cli.run(command) == 30
    assert json.loads(capfd.readouterr().out)["original"] == "differs"
    link.unlink()
    assert cli.run(command) == 2


def test_damaged_link_is_told(tmp_path: Path) -> None:
    """Closed members, closed forms."""
    path = tmp_path / "x.link.json"
    for text in ("", "{}", '{"schema":"indelible/link/1","certificateId":"x","key":"00"}', "[" * 9999):
        path.write_text(text)
        with pytest.raises(UsageError):
            commitment.read_link(path)
