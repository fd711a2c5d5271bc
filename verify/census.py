"""Container and metadata, counted: what a certificate may say about bytes without holding one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from indelible.errors import IndelibleError
from indelible.exec.exiftool import Reading, reading
from indelible.verify.containers.tags import group_of, judge_tag
from indelible.verify.containers.walkers import walk_file
from indelible.verify.examination import Census

_BUCKETS = ((1, "1"), (9, "2-9"), (50, "10-50"))


def take_census(published: bytes, original: bytes | None = None) -> Census:
    """Structures by name, metadata groups that are still there, and those of the original that are not.

    A file without a walker counts as one unknown structure; without exiftool no group is named, which the rows say.
    """
    walk = walk_file(published)
    left = _groups(walk.format if walk else "unknown", published)
    removed = None
    if original is not None:
        before = walk_file(original)
        groups = _groups(before.format if before else "unknown", original)
        removed = {name: bucket(count) for name, count in sorted(groups.items()) if name not in left}
    if walk is None:
        return Census(
            structures={"unknown": 1}, parsed=0, unknown_bytes=len(published), left=tuple(sorted(left)), removed=removed
        )
    counted = Counter(item.name for item in walk.structures)
    return Census(
        structures=dict(sorted(counted.items())),
        parsed=len(walk.structures),
        unknown_bytes=walk.unknown_bytes,
        left=tuple(sorted(left)),
        removed=removed,
    )


def bucket(count: int) -> str:
    """``1``, ``2-9``, ``10-50`` or ``50+``: an exact count of tags can point to one original."""
    return next((name for most, name in _BUCKETS if count <= most), "50+")


def _groups(format: str, data: bytes) -> Mapping[str, int]:
    try:
        answer: Reading = reading(data)
    except IndelibleError:
        return {}
    found: Counter[str] = Counter()
    for key, value in answer.tags.items():
        item = judge_tag(format, key, value)
        if item is not None and item.severity.value != "info":
            found[group_of(key)] += 1
    return found
