"""Who each of many rules holds of: every column read once, every condition asked once, rules put together from bits.

500 rules of ten million customers have some hundred different conditions over some dozen columns. The engine gathers the
columns, and answers what is more than a comparison; a range of customers at a time, so memory does not grow with the bank.
A rule is then AND, OR and NOT of bits, eight customers a byte.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from yinke.lake.engine import Slice
from yinke.segments.members.columns import Bits
from yinke.segments.members.gathered import BLOCK, Places, Rows, gather, slices, sources_of, whole
from yinke.segments.members.leaves import Computed, Followed, Leaf, Marked, Planner, Ranked, joined, leaves_of
from yinke.segments.members.sequences import followed
from yinke.segments.members.store import Members, Size
from yinke.segments.rules.language import Rule
from yinke.segments.rules.world import World

SPARSE = 4096
"""Up to so many of a block are stored as their numbers, more as bits."""


def refresh(world: World, rules: Mapping[str, tuple[int, Rule]], members: Members) -> dict[str, Size]:
    """Find whom each rule holds of on the world's day, and write it: all of them, or nothing.

    Args:
        rules: by key, the version and the rule; checked against the same day and segments.

    Returns:
        The sizes by key.
    """
    found = holding(world, {key: rule for key, (_, rule) in rules.items()})
    keep = world.values.get("segment.keep_days")
    return members.write(
        {key: (version, found[key]) for key, (version, _) in rules.items()}, world.day.biz_date,
        keep_days=None if keep is None else int(keep),
    )  # fmt: skip


def holding(world: World, rules: Mapping[str, Rule]) -> dict[str, BitMap]:
    """Whom each rule holds of."""
    planner = Planner(world)
    nodes = {key: planner.node(rule.where, world.day.biz_date) for key, rule in rules.items()}
    leaves = {leaf for node in nodes.values() for leaf in leaves_of(node)}
    sequences = [one for one in leaves if isinstance(one, Followed)]
    found = {key: _Blocks() for key in rules}
    wholes = whole(world, leaves)

    def read(part: Slice) -> tuple[list[Rows], dict[Followed, npt.NDArray[np.int64]]]:
        computed = [one for one in leaves if isinstance(one, Computed)]
        return gather(world, sources_of(leaves), computed, part), followed(world, sequences, part)

    parts = slices(world.day)
    with ThreadPoolExecutor(1, "gather") as ahead:
        coming = ahead.submit(read, parts[0])
        for n, part in enumerate(parts):
            rows, done = coming.result()
            if n + 1 < len(parts):
                coming = ahead.submit(read, parts[n + 1])
            if rows[0].table.num_rows:
                answers = _Answers(Places(part.low or 0, rows), done, wholes)
                for key, node in nodes.items():
                    there = answers.places.there
                    found[key].add(part.low or 0, joined(node, answers.of, there) & there)
    return {key: blocks.bitmap() for key, blocks in found.items()}


class _Answers:
    """The conditions of a slice's customers as bits, each found when it is first asked for."""

    def __init__(
        self,
        places: Places,
        done: Mapping[Followed, npt.NDArray[np.int64]],
        wholes: Mapping[Leaf, BitMap],
    ) -> None:
        self.places, self._done, self._wholes = places, done, wholes
        self._found: dict[Leaf, Bits] = {}

    def of(self, leaf: Leaf) -> Bits:
        """Of whom a condition is true."""
        if leaf not in self._found:
            self._found[leaf] = self._condition(leaf)
        return self._found[leaf]

    def _condition(self, leaf: Leaf) -> Bits:
        if isinstance(leaf, Followed):
            done = self._done[leaf]
            return self.places.bits(done[done < self.places.size])
        if isinstance(leaf, Ranked | Marked):
            return self.places.within(self._wholes[leaf])
        return self.places.holds(leaf)


class _Blocks:
    """A bitmap in the making, in the form in which roaring bitmaps are stored: 65,536 numbers at a time."""

    def __init__(self) -> None:
        self._blocks: list[tuple[int, int, bytes]] = []

    def add(self, low: int, bits: Bits) -> None:
        """The bits from ``low`` on, a multiple of 65,536; from the lowest to the highest."""
        blocks = bits.reshape(-1, BLOCK)
        counts = np.bitwise_count(blocks.view(np.uint64)).sum(axis=1, dtype=np.int64)
        for n in np.flatnonzero(counts):
            block, many = blocks[n], int(counts[n])
            if many <= SPARSE:
                used = np.flatnonzero(block)  # most bytes of a sparse block are empty
                inner = np.flatnonzero(np.unpackbits(block[used], bitorder="little"))
                data = (used[inner >> 3] * 8 + (inner & 7)).astype("<u2").tobytes()
            else:
                data = block.tobytes()
            self._blocks.append(((low >> 16) + int(n), many, data))

    def bitmap(self) -> BitMap:
        """The bitmap."""
        count = len(self._blocks)
        head = struct.pack("<II", 12346, count)  # the format's cookie: no runs
        head += b"".join(struct.pack("<HH", high, many - 1) for high, many, _ in self._blocks)
        offsets, at = [], len(head) + 4 * count
        for _, _, data in self._blocks:
            offsets.append(at)
            at += len(data)
        found = b"".join((head, struct.pack(f"<{count}I", *offsets), *(data for *_, data in self._blocks)))
        self._blocks.clear()
        return BitMap.deserialize(found)
