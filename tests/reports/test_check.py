"""Checking a certificate offline: what holds is VALID, and every tampered bundle is rejected for the right reason."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import indelible.reports
from indelible import cli
from indelible.reports import check as checks
from indelible.reports import check_words, dsse, keys, suites
from indelible.reports.certificate import canonical
from tests.reports.bundles import ISSUER, STRANGER, Case, chain, proof, sealed, statement_of, tampered

TAMPERED = tampered()
#: Verdict -> exit code of a valid certificate.
CODES = {"certified": 0, "with_limits": 10, "inconclusive": 20, "refused": 30}
ALONE = Path(indelible.reports.__file__).parent / "standalone" / "indelible_check.py"

GOOD: dict[str, Callable[[], Case]] = {
    **{name: lambda name=name: sealed(name) for name in CODES},  # type: ignore[misc]
    "envelope_alone": lambda: replace(
        sealed("certified"), certificate=sealed("certified").envelope or b"", envelope=None
    ),
    "no_file": lambda: replace(sealed("certified"), published=None),
    "with_proof": lambda: replace(sealed("certified"), proof=proof()),
    "chain": chain,
    "key_in_base64": lambda: replace(sealed("certified"), key=_base64(ISSUER.public_key)),
    "key_in_hex": lambda: replace(sealed("certified"), key=ISSUER.public_key.hex().encode() + b"\n"),
    "last_moment": lambda: replace(sealed("with_limits"), now=datetime(2027, 11, 23, tzinfo=UTC)),
}


def _base64(data: bytes) -> bytes:
    import base64

    return base64.b64encode(data)


def _check(case: Case, own: tuple[bytes, ...] = ()) -> checks.CheckResult:
    bundle = checks.Bundle(
        certificate=case.certificate,
        envelope=case.envelope,
        file_sha256=None if case.published is None else hashlib.sha256(case.published).hexdigest(),
        proof=case.proof,
        previous=case.previous,
    )
    try:
        pinned = None if case.key is None else keys.parse_public(case.key)
    except keys.KeyRefused as problem:
        return checks.rejected(problem.code, bundle)
    return checks.check(
        bundle, trust=checks.Trust(pinned=pinned, own=own), now=case.now, max_age_days=case.max_age_days
    )


def test_there_are_at_least_sixty_invalid_bundles() -> None:
    """A promise about this file."""
    assert sum(state == "INVALID" for state, _, _ in TAMPERED.values()) >= 60
    assert len({reason for _, reason, _ in TAMPERED.values()}) >= 60


@pytest.mark.claim("T-SIG-01")
@pytest.mark.claim("T-VER-01")
@pytest.mark.claim("T-VER-02")
@pytest.mark.parametrize("name", sorted(TAMPERED))
def test_tampered_bundle_is_rejected_for_the_right_reason(name: str) -> None:
    """Never VALID, never exit code 0 or 10, and the reason that a person needs is among those given."""
    state, reason, case = TAMPERED[name]

    result = _check(case)

    assert (result.state.value, result.exit_code(accept_limits=True)) == (state, 30 if state == "INVALID" else 20)
    assert reason in result.reasons
    assert (result.to_dict()["verdict"] is None) == (state == "INVALID")


@pytest.mark.parametrize("name", sorted(GOOD))
def test_what_was_issued_is_valid(name: str) -> None:
    """The pair of every mutation: untouched, it holds."""
    result = _check(GOOD[name]())

    assert (result.state, result.reasons) == (checks.State.VALID, ())
    assert result.exit_code() == CODES.get(name, 10 if name == "last_moment" else 0)


@pytest.mark.claim("T-MRK-01")
def test_every_certificate_of_a_run_is_proven_and_no_other() -> None:
    """The proof of the second certificate is nobody else's."""
    for index in range(5):
        result = _check(replace(sealed("certified"), proof=proof(index)))

        assert result.proof == ("holds" if index == 1 else "does_not_hold")


@pytest.mark.claim("T-SIG-02")
def test_only_ones_own_keys_count_without_a_pin() -> None:
    """A fresh key that comes along inside a certificate vouches for nothing."""
    case = replace(sealed("certified"), key=None)

    assert _check(case, own=(STRANGER.public_key,)).state is checks.State.UNVERIFIABLE
    assert _check(case, own=(STRANGER.public_key, ISSUER.public_key)).state is checks.State.VALID


@pytest.mark.claim("T-SIG-01")
def test_every_single_bit_of_the_signature_counts() -> None:
    """All 512; what a flipped bit comes to in a check stands among the tampered bundles."""
    envelope = dsse.read(sealed("certified").envelope or b"")
    flipped = [envelope.signature[: bit // 8] + bytes([envelope.signature[bit // 8] ^ 1 << bit % 8])
               + envelope.signature[bit // 8 + 1 :] for bit in range(512)]  # fmt: skip

    assert dsse.verify(envelope, ISSUER.public_key)
    assert not any(dsse.verify(replace(envelope, signature=item), ISSUER.public_key) for item in flipped)


@pytest.mark.claim("T-EXP-01")
def test_expires_by_the_clock_alone() -> None:
    """Until the last moment VALID, one second later EXPIRED: no network, no list."""
    case = sealed("with_limits")
    last = datetime(2027, 11, 23, tzinfo=UTC)

    assert _check(replace(case, now=last)).state is checks.State.VALID
    assert _check(replace(case, now=last + timedelta(seconds=1))).state is checks.State.EXPIRED


@pytest.mark.claim("T-EXP-02")
def test_a_newer_suite_makes_a_certificate_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certified turns into exit code 10, also for those who accept limits; refused stays refused."""
    cases = {name: sealed(name) for name in CODES}
    newer = {**suites.known(), "2099.01": frozenset({"containers.walk/2"})}
    monkeypatch.setattr(suites, "known", lambda: newer)

    for name, code in CODES.items():
        result = _check(cases[name])

        assert (result.state, result.reasons) == (checks.State.STALE, ("stale",))
        assert result.exit_code(accept_limits=True) == max(code, 10)


def test_limits_can_be_accepted() -> None:
    """The exit code changes, the word does not."""
    result = _check(sealed("with_limits"))

    assert (result.exit_code(), result.exit_code(accept_limits=True)) == (10, 0)
    assert result.to_dict()["verdict"] == "certified_with_limits"


def test_no_value_of_a_hostile_bundle_is_repeated() -> None:
    """What is printed about an invalid certificate comes from closed lists."""
    for name in ("script_in_name", "html_in_structure", "line_feed_in_name", "extra_member"):
        text = json.dumps(_check(TAMPERED[name][2]).to_dict())

        assert not any(part in text for part in ("script", "onerror", "file-0007", "trust me"))


def test_a_check_takes_a_moment() -> None:
    """Under half a second, for 200 regions, file and proof apart."""
    case = sealed("certified")
    _check(case)
    started = time.perf_counter()
    _check(replace(case, proof=proof()))

    assert time.perf_counter() - started < 0.5


# --- the one file, and the command line -------------------------------------------------------------------------------


def _cases() -> dict[str, Case]:
    """Every bundle but those of chains: the one file checks one certificate."""
    every = {f"good_{name}": make() for name, make in GOOD.items()} | {name: item[2] for name, item in TAMPERED.items()}
    return {name: case for name, case in every.items() if case.previous is None}


def _arguments(case: Case, folder: Path) -> list[str]:
    """The case as files, and the arguments that name them; the same for both programs."""
    folder.mkdir()
    arguments = [str(folder / "x.certificate.json")]
    (folder / "x.certificate.json").write_bytes(case.certificate)
    files = {"--file": case.published, "--key": case.key, "--proof": case.proof, "--previous": case.previous}
    if case.envelope is not None:
        (folder / "x.certificate.dsse").write_bytes(case.envelope)
    for option, data in files.items():
        if data is not None:
            path = folder / option.removeprefix("--")
            path.write_bytes(data)
            arguments += [option, str(path)]
    if case.max_age_days is not None:
        arguments += ["--max-age", str(case.max_age_days)]
    return [*arguments, "--at", case.now.isoformat(), "--json"]


#: Runs the one file over many argument lists, in an interpreter that finds nothing of ours and nothing but `cryptography`.
_DRIVER = """
import contextlib, io, json, sys
sys.path.insert(0, {folder!r})
import indelible_check
for arguments in json.load(sys.stdin):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = indelible_check.main(arguments)
    print(json.dumps([code, json.loads(out.getvalue())]))
foreign = {{name.partition(".")[0] for name in sys.modules}} - set(sys.stdlib_module_names)
print(sorted(name for name in foreign if not name.startswith("_")))
"""


@pytest.mark.claim("T-SIG-03")
def test_the_one_file_gives_the_same_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """`indelible check` and the auditor's file agree on state, reasons and exit code, over every bundle, good or bad."""
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / ALONE.name).write_bytes(ALONE.read_bytes())
    monkeypatch.setenv("INDELIBLE_KEYS", str(tmp_path / "none"))
    cases = {name: _arguments(case, tmp_path / name) for name, case in _cases().items()}
    done = subprocess.run(
        [sys.executable, "-I", "-c", _DRIVER.format(folder=str(tmp_path / "alone"))],
        input=json.dumps(list(cases.values())),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=120,
    )
    lines = done.stdout.splitlines()

    assert done.returncode == 0, done.stderr
    assert set(json.loads(lines[-1].replace("'", '"'))) <= {
        "cryptography",
        "cffi",
        "indelible_check",
        "typing_extensions",
    }
    every = _cases()
    for number, ((name, arguments), line) in enumerate(zip(cases.items(), lines, strict=False)):
        result = _check(every[name])
        ours: dict[str, Any] = {"certificate": arguments[0], **result.to_dict()}
        code = result.exit_code()
        if number % 9 == 0:  # and what the command line makes of it
            capfd.readouterr()
            code = cli.run(["check", *arguments])
            ours = json.loads(capfd.readouterr().out)
            ours.pop("error")

        assert [code, ours] == json.loads(line), name


def test_the_one_file_needs_one_file(tmp_path: Path) -> None:
    """Started as an auditor starts it, with a person's output."""
    case = sealed("certified")
    arguments = _arguments(case, tmp_path / "case")[:-1]
    done = subprocess.run(
        [sys.executable, "-I", str(ALONE), *arguments], capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "VALID")


def test_the_one_file_holds_the_published_schema_and_suites() -> None:
    """Its data lines are those that tools/suites.py writes."""
    root = Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(root / "tools"))
    try:
        import suites as tool  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    text = ALONE.read_text("utf-8")

    assert tool.embedded(text) == text, "run tools/suites.py"
    assert sorted(suites.known()[suites.newest()]) == tool.present(), "run tools/suites.py"


def test_the_one_file_can_be_read_in_one_sitting() -> None:
    """At most 400 lines of code, its two lines of data among them; blank lines, comments and docstrings are not counted."""
    import ast

    text = ALONE.read_text("utf-8")
    tree = ast.parse(text)
    told: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            told |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = [
        line
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.strip().startswith("#") and number not in told
    ]

    assert len(lines) <= 400


def test_check_says_what_is_wrong(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A sentence per reason, and none of ours that is empty."""
    for name in ("another_file", "signature_truncated", "pinned_rsa", "duplicate_key", "float", "huge_nesting"):
        arguments = _arguments(TAMPERED[name][2], tmp_path / name)[:-1]
        capfd.readouterr()
        code = cli.run(["check", *arguments])
        out = capfd.readouterr().out

        assert code == 30
        assert out.startswith("INVALID") and f"{TAMPERED[name][1]}: " in out


def test_a_missing_certificate_is_an_input_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Not a verdict about a certificate: there is none."""
    assert cli.run(["check", str(tmp_path / "none.certificate.json")]) == 3
    assert str(tmp_path) not in capfd.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_unsigned_certificates_of_this_version_are_unverifiable(tmp_path: Path) -> None:
    """They are read, and nobody vouches for them."""
    result = _check(Case(certificate=canonical(statement_of(public_key=None))))

    assert (result.state, result.signature, result.reasons) == (checks.State.UNVERIFIABLE, "absent", ("unsigned",))


def test_every_reason_is_explained() -> None:
    """docs/signatures.md lists what the tampered bundles provoke, and nothing that no checker says."""
    root = Path(__file__).resolve().parents[2]
    listed = set(
        re.findall(r"^\| `([a-z_0-9]+)` \|", (root / "docs" / "signatures.md").read_text("utf-8"), re.MULTILINE)
    )
    given = {reason for _, _, case in TAMPERED.values() for reason in _check(case).reasons}
    derived = {code for code in given if code.startswith(("envelope_", "proof_", "checkpoint_"))}
    sources = "".join(path.read_text("utf-8") for path in (root / "reports").glob("*.py"))

    assert given - derived <= listed
    assert {code for code in listed if f'"{code}"' not in sources and not code.endswith("_repeat_an_id")} == set()


def test_every_reason_has_a_sentence_of_its_own() -> None:
    """Whoever is turned away reads what is wrong, and not a code with spaces in it; the documentation says the same."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "signatures.md").read_text("utf-8")
    given = {reason for _, _, case in TAMPERED.values() for reason in _check(case).reasons}

    for code in given:
        told = check_words.words(code)
        assert told.rstrip(".").lower() != code.replace("_", " "), code
        assert f"| `{code}` |" not in page or f"| `{code}` | {told} |" in page, code
