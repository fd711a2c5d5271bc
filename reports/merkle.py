"""A Merkle tree over the certificates of a run (RFC 6962, section 2.1): one root stands for all of them, in their order.

    leaf = SHA-256(00 || certificate's bytes)      node = SHA-256(01 || left || right)

An inclusion proof shows that a certificate is the one at its place in the run without showing any other. Leaves and nodes are
hashed apart, so that a node never passes for a certificate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

#: Levels of a tree of 2^53 leaves: a longer path is nobody's.
MAX_PATH = 53


def leaf(data: bytes) -> bytes:
    """The leaf of one certificate, 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


class Tree:
    """All levels of the tree over ``leaves`` (32 bytes each), the leaves first. A last node without a partner moves up as it is,
    which gives the tree of RFC 6962."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self._levels = [list(leaves)]
        if not self._levels[0]:
            raise ValueError("a run has at least one certificate")
        while len(below := self._levels[-1]) > 1:
            above = [_node(below[place], below[place + 1]) for place in range(0, len(below) - 1, 2)]
            self._levels.append(above + below[len(below) - len(below) % 2 :])

    @property
    def root(self) -> bytes:
        """32 bytes."""
        return self._levels[-1][0]

    def path(self, index: int) -> tuple[bytes, ...]:
        """The inclusion proof of leaf ``index``: the partners on the way up, from below."""
        if not 0 <= index < len(self._levels[0]):
            raise IndexError("no such leaf")
        found = []
        for level in self._levels[:-1]:
            partner = index ^ 1
            if partner < len(level):
                found.append(level[partner])
            index >>= 1
        return tuple(found)


def root_of(leaf_hash: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which ``path`` leads from leaf ``index`` of ``size``; None if the path does not fit such a tree.

    Reference: RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size or len(path) > MAX_PATH:
        return None
    place, last, at = index, size - 1, leaf_hash
    for partner in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            at = _node(partner, at)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            at = _node(at, partner)
        place, last = place >> 1, last >> 1
    return at if last == 0 else None


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
