"""A PSD is never without findings, and what it keeps is named."""

from __future__ import annotations

import time

import pytest

from indelible.corpus.case import RECIPES, cases
from indelible.corpus.psdfile import psd, resource
from indelible.verify.containers import psd as walker
from indelible.verify.samples import texture

FLAT = psd(texture(24, 16, 1))
LAYERED = psd(texture(24, 16, 1), layers=(texture(24, 16, 2),), resources=resource(1060, b"<x:xmpmeta/>"))


@pytest.mark.parametrize("name", [name for name in RECIPES.names() if name.startswith("psd.")])
def test_a_planted_payload_is_found(name: str) -> None:
    """Each recipe in four spellings."""
    for case in cases(1, 4, frozenset({name})):
        if case.leaky:
            found = {(item.rule, item.channel) for item in walker.walk(case.published).findings}
            assert case.expected <= found, case.name


@pytest.mark.parametrize("data", [FLAT, LAYERED])
def test_every_cut_and_every_change_is_walked(data: bytes) -> None:
    """Cut at every place near an edge, and one byte changed at every place of the head: findings, and every byte named."""
    started = time.monotonic()
    mutants = [data[:at] for at in {*range(0, len(data), 64), *range(60)}]
    mutants += [data[:at] + bytes((data[at] ^ 255,)) + data[at + 1 :] for at in range(4, min(120, len(data)))]
    for mutant in mutants:
        walk = walker.walk(mutant)
        assert any(item.severity.value != "info" for item in walk.findings)
        at = 0
        for item in walk.structures:
            assert item.offset == at
            at += item.length
        assert at == len(mutant)
    assert time.monotonic() - started < 10
