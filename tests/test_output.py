"""A whole file under its final name, or nothing."""

import os
from pathlib import Path

import pytest

from indelible.errors import OutputError, UsageError
from indelible.output import FIXED_TIME_S, check_free, output_name, write_file


def test_a_file_appears_whole_with_a_fixed_time(tmp_path: Path) -> None:
    """And no temporary file stays behind."""
    write_file(tmp_path / "a.jpg", b"data")

    assert [item.name for item in tmp_path.iterdir()] == ["a.jpg"]
    assert (tmp_path / "a.jpg").read_bytes() == b"data"
    assert (tmp_path / "a.jpg").stat().st_mtime == FIXED_TIME_S
    assert os.listxattr(tmp_path / "a.jpg") == []


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """A limit on file size stands for the disk: the write fails and the old file stays."""
    import resource
    import signal

    (tmp_path / "a.jpg").write_bytes(b"old")
    old_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, old_limit[1]))
    try:
        with pytest.raises(OutputError):
            write_file(tmp_path / "a.jpg", b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old_limit)
        signal.signal(signal.SIGXFSZ, handler)

    assert (tmp_path / "a.jpg").read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["a.jpg"]


def test_a_folder_that_is_none_is_said_plainly(tmp_path: Path) -> None:
    """Without naming it."""
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(OutputError) as caught:
        write_file(tmp_path / "file" / "a.jpg", b"data")

    assert str(tmp_path) not in str(caught.value)


def test_no_other_file_is_replaced(tmp_path: Path) -> None:
    """Not the input, not another result; the same bytes may be written again."""
    source = tmp_path / "in.jpg"
    source.write_bytes(b"original")
    check_free(tmp_path / "out.jpg", b"data", source=source)
    write_file(tmp_path / "out.jpg", b"data")
    check_free(tmp_path / "out.jpg", b"data", source=source)

    with pytest.raises(OutputError, match="replace the input"):
        check_free(source, b"data", source=source)
    with pytest.raises(OutputError, match="Another file"):
        check_free(tmp_path / "out.jpg", b"other", source=source)

    assert source.read_bytes() == b"original"
    assert (tmp_path / "out.jpg").read_bytes() == b"data"


def test_names_are_neutral_unless_asked() -> None:
    """The input's own name is carried along only by {stem}, and then tamed."""
    common = {"digest": "ab" * 32, "index": 7, "stem": "../Anna Müller\n"}

    assert output_name("indelible-{digest}", **common) == "indelible-abababababab"  # type: ignore[arg-type]
    assert output_name("press-{index}", **common) == "press-0007"  # type: ignore[arg-type]
    assert output_name("{stem}", **common) == "_Anna_M_ller_"  # type: ignore[arg-type]


@pytest.mark.parametrize("template", ["fixed", "../{digest}", "a/{digest}", ".{digest}", "{digest!r}", "{0}", ""])
def test_a_template_that_would_collide_or_escape_is_refused(template: str) -> None:
    """Wrong use, exit code 2."""
    with pytest.raises(UsageError):
        output_name(template, digest="ab" * 32, index=1, stem="x")
