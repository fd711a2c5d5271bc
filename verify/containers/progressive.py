"""Progressive JPEG: follows the code lengths of each kind of scan, and whether the list of scans is a legal refinement.

In a legal list every bit of every coefficient is coded once, and each scan continues the precision at which the last one
stopped (T.81, G.1.1.1). An earlier scan can then only be a coarse version of the last: a second first-scan, which would show
another picture to whoever stops early, is not legal.
"""

from __future__ import annotations

from array import array

from indelible.verify.containers.scan import HuffmanTable, ScanDamaged, windows


class Script:
    """The precision reached for each (component, coefficient)."""

    def __init__(self) -> None:
        self._reached: dict[tuple[int, int], int] = {}

    def add(self, components: tuple[int, ...], ss: int, se: int, ah: int, al: int) -> bool:
        """Take one scan; whether it is legal after those before it."""
        legal = ss <= se <= 63 and (se == 0 if ss == 0 else len(components) == 1) and al <= 13
        legal = legal and (ah == 0 or ah == al + 1)
        for component in components:
            if ss > 0 and (component, 0) not in self._reached:
                legal = False
            for k in range(ss, min(se, 63) + 1):
                before = self._reached.get((component, k))
                legal = legal and (before is None if ah == 0 else before == ah)
                self._reached[component, k] = al
        return legal

    def complete(self, components: tuple[int, ...]) -> bool:
        """Whether every coefficient has been coded to its last bit."""
        return all(self._reached.get((component, k)) == 0 for component in components for k in range(64))


def dc_first_bits(raw: bytes, units: list[HuffmanTable], mcus: int) -> int:
    """Bits of a first DC scan. ``units``: the DC table of each block of one MCU."""
    words = windows(raw)
    tables = [table.dc for table in units]
    p = 0
    try:
        for _ in range(mcus):
            for dc in tables:
                p += dc[words[p >> 3] >> (16 - (p & 7)) & 65535]
    except IndexError:
        raise ScanDamaged from None
    return p


def ac_first_bits(raw: bytes, table: HuffmanTable, ss: int, se: int, masks: array[int], first: int, count: int) -> int:
    """Bits of a first AC scan of one component; sets the bit of every coefficient that became non-zero.

    ``masks`` holds one 64-bit mask per block, of which ``count`` from ``first`` on are coded in ``raw``.
    """
    words = windows(raw)
    symbols, lengths = table.symbols, table.lengths
    symbol_list, length_list = symbols.tobytes(), lengths.tobytes()
    p, run_of_ends = 0, 0
    try:
        for block in range(first, first + count):
            if run_of_ends:
                run_of_ends -= 1
                continue
            k, mask = ss, 0
            while k <= se:
                peek = words[p >> 3] >> (16 - (p & 7)) & 65535
                length = length_list[peek]
                if not length:
                    raise ScanDamaged
                p += length
                symbol = symbol_list[peek]
                run, size = symbol >> 4, symbol & 15
                if size:
                    k += run
                    mask |= 1 << (k & 63)
                    k += 1
                    p += size
                elif run == 15:
                    k += 16
                else:
                    if run:
                        run_of_ends = (1 << run) - 1 + (words[p >> 3] >> (32 - (p & 7) - run) & ((1 << run) - 1))
                        p += run
                    break
            masks[block] |= mask
    except IndexError:
        raise ScanDamaged from None
    return p


def ac_refine_bits(raw: bytes, table: HuffmanTable, ss: int, se: int, masks: array[int], first: int, count: int) -> int:
    """Bits of a refining AC scan (T.81, G.1.2.3): one correction bit for each coefficient that is already non-zero."""
    words = windows(raw)
    symbols, lengths = table.symbols.tobytes(), table.lengths.tobytes()
    p, run_of_ends = 0, 0
    try:
        for block in range(first, first + count):
            mask, k = masks[block], ss
            new = 0
            if not run_of_ends:
                while k <= se:
                    peek = words[p >> 3] >> (16 - (p & 7)) & 65535
                    length = lengths[peek]
                    if not length:
                        raise ScanDamaged
                    p += length
                    run, size = symbols[peek] >> 4, symbols[peek] & 15
                    if size == 0 and run < 15:
                        run_of_ends = 1 << run
                        if run:
                            run_of_ends += words[p >> 3] >> (32 - (p & 7) - run) & ((1 << run) - 1)
                            p += run
                        break
                    p += 1 if size else 0
                    while k <= se:
                        if mask >> k & 1:
                            p += 1
                        else:
                            run -= 1
                            if run < 0:
                                if size:
                                    new |= 1 << k
                                k += 1
                                break
                        k += 1
            if run_of_ends:
                if k <= se:
                    p += (mask >> k & ((1 << (se - k + 1)) - 1)).bit_count()
                run_of_ends -= 1
            masks[block] = mask | new
    except IndexError:
        raise ScanDamaged from None
    return p
