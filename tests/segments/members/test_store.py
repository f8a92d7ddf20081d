"""Memberships against plain sets: random histories with corrections, drops and deletions; two writers; kills."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import tempfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from yinke.segments.members import Members, NotKept
from yinke.segments.members.parts import holds, packed

FIRST = date(2026, 1, 20)
KEYS = ("segment:a", "segment:b", "tag:c")
PEOPLE = (1, 2, 3, 70_000, 70_001, 1_000_000)
KEEP = 40


@dataclass
class Plain:
    """The same in plain sets. ``gone``: what is too old to be asked for, but was there."""

    was: dict[str, dict[date, set[int]]] = field(default_factory=dict)
    gone: set[tuple[str, date]] = field(default_factory=set)
    told: dict[tuple[str, date], tuple[int, int, int]] = field(default_factory=dict)

    def write(self, on: date, found: dict[str, set[int]]) -> None:
        for key, who in found.items():
            dates = self.was.setdefault(key, {})
            dates[on] = set(who)
            self.gone.discard((key, on))
            later = sorted(one for one in self.changes(key) if one >= on)[:2]
            for one in later:
                came, went = self.changes(key)[one]
                self.told[key, one] = (len(dates[one]), len(came), len(went))

    def tidy(self) -> None:
        kept = [on for key, dates in self.was.items() for on in dates if (key, on) not in self.gone]
        for key, dates in self.was.items():
            old = {on for on in dates if on < max(kept) - timedelta(days=KEEP) and on != max(dates)}
            self.gone |= {(key, on) for on in old}

    def changes(self, key: str) -> dict[date, tuple[set[int], set[int]]]:
        found, before = {}, set[int]()
        for on, now in sorted(self.was.get(key, {}).items()):
            if (key, on) not in self.gone:
                found[on] = (now - before, before - now)
            before = now
        return found

    def members(self, key: str, on: date) -> set[int] | None:
        there = [one for one in self.changes(key) if one <= on]
        return self.was[key][max(there)] if there else None


def agree(members: Members, plain: Plain, until: date) -> None:
    """Every question that can be asked has the same answer."""
    there = {on for key in plain.was for on in plain.changes(key)}
    assert members.dates() == sorted(there)
    newest = sorted(key for key in KEYS if plain.changes(key))
    assert members.keys() == newest
    asked = [*sorted(there), FIRST - timedelta(days=9), until]
    for on in asked:
        expected = {key: who for key in KEYS if (who := plain.members(key, on)) is not None}
        assert members.keys(on) == sorted(expected)
        for key in KEYS:
            if key not in expected:
                with pytest.raises(NotKept):
                    members.members(key, on)
                continue
            assert set(members.members(key, on)) == expected[key]
        for one in PEOPLE[:3]:
            assert members.of_customer(one, on) == sorted(k for k, who in expected.items() if one in who)
    for one in PEOPLE:
        assert members.of_customer(one) == [k for k in newest if one in (plain.members(k, until) or ())]
    for key in newest:
        changes = plain.changes(key)
        middle = sorted(changes)[len(changes) // 2]
        found = members.moved(key, middle - timedelta(days=1), until)
        assert [(m.biz_date, (set(m.entered), set(m.left))) for m in found] == [
            (on, both) for on, both in changes.items() if on >= middle
        ]
        assert [(s.biz_date, s.customers, s.entered, s.left) for s in members.sizes(key)] == [
            (on, *plain.told[key, on]) for on in changes
        ]
        since = {}
        for on, (came, _) in changes.items():
            since |= dict.fromkeys(came, on)
        now = plain.was[key][max(changes)]
        assert members.entered_on(key, BitMap(PEOPLE)) == {who: on for who, on in since.items() if who in now}


WHO = st.sets(st.sampled_from(PEOPLE))
STEP = st.one_of(
    st.tuples(st.just("night"), st.integers(1, 16), st.dictionaries(st.sampled_from(KEYS), WHO, min_size=1)),
    st.tuples(st.just("correct"), st.integers(0, 30), st.dictionaries(st.sampled_from(KEYS), WHO, min_size=1)),
    st.tuples(st.just("drop"), st.just(0), st.sampled_from(KEYS)),
    st.tuples(st.just("erase"), st.just(0), st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=2)),
)  # fmt: skip


@settings(max_examples=50, deadline=None, phases=(Phase.explicit, Phase.generate, Phase.shrink))
@given(st.lists(STEP, min_size=3, max_size=14))
def test_every_question_has_the_answer_of_plain_sets(steps: list[tuple[str, int, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        members, plain, today, horizon = Members(Path(folder) / "members"), Plain(), FIRST, FIRST
        for version, (what, n, detail) in enumerate(steps):
            if what == "drop":
                members.drop(str(detail))
                plain.was.pop(str(detail), None)
                plain.gone = {one for one in plain.gone if one[0] != detail}
            elif what == "erase":
                assert isinstance(detail, set)
                members.erase(detail)
                for dates in plain.was.values():
                    for on in dates:
                        dates[on] -= detail
            else:
                assert isinstance(detail, dict)
                night = what == "night"
                on = today + timedelta(days=n) if night else max(today - timedelta(days=n), horizon)
                today = max(today, on)
                found = {key: (version, BitMap(who)) for key, who in detail.items()}
                sizes = members.write(found, on, keep_days=KEEP if night else None)
                plain.write(on, detail)
                assert {key: size.customers for key, size in sizes.items()} == {
                    key: len(who) for key, who in detail.items()
                }
                if night:
                    plain.tidy()
                    horizon = max(horizon, today - timedelta(days=KEEP))
        agree(members, plain, today)


def test_a_version_approved_meanwhile_stays(tmp_path: Path) -> None:
    """A night that began with an older rule does not undo what the approval has found."""
    members = Members(tmp_path)
    members.write({"segment:a": (2, BitMap([1, 2]))}, date(2026, 3, 1))
    sizes = members.write({"segment:a": (1, BitMap([7])), "segment:b": (1, BitMap([8]))}, date(2026, 3, 1))
    assert (members.members("segment:a"), members.members("segment:b")) == (BitMap([1, 2]), BitMap([8]))
    assert (sizes["segment:a"].version, sizes["segment:a"].customers) == (2, 2)
    members.write({"segment:a": (1, BitMap([7]))}, date(2026, 3, 2))
    assert members.members("segment:a") == BitMap([7])  # of another date it is what was asked for


def test_a_bit_is_found_in_a_stored_bitmap_of_any_shape() -> None:
    rng = random.Random(7)
    for shapes in (
        ("array",) * 9,
        ("runs",) * 2,
        ("runs",) * 9,
        ("bits",) * 6,
        ("runs", "array", "bits") * 5,
    ):
        found = BitMap()
        for n, shape in enumerate(shapes):
            start = (n * 3) << 16
            if shape == "array":
                found.update(rng.sample(range(start, start + 65536), 3000))
            elif shape == "bits":
                found.update(rng.sample(range(start, start + 65536), 20_000))
            else:
                for _ in range(900):
                    begin = start + rng.randrange(65_000)
                    found.add_range(begin, begin + 30)
        data = memoryview(packed(found))
        some = [*rng.sample(list(found), 60), *(rng.randrange(50 << 16) for _ in range(60)), 2**31 - 1]
        assert [holds(data, one) for one in some] == [one in found for one in some]


def test_only_newest_and_month_ends_are_kept_whole(tmp_path: Path) -> None:
    members, who = Members(tmp_path), BitMap(range(0, 400_000, 2))
    members.put("segment:list", 1, FIRST, who)
    for n in range(75):
        who ^= BitMap(range(n, n + 50))
        members.write({"segment:a": (1, who)}, FIRST + timedelta(days=n), keep_days=400)
    last = FIRST + timedelta(days=74)
    sizes = {path.name[:10]: path.stat().st_size for path in tmp_path.glob("*.arrow")}
    whole = {on for on, size in sizes.items() if size > 20_000}
    assert whole == {"2026-01-20", "2026-01-31", "2026-02-28", "2026-03-31", f"{last}"}
    assert len(members.members("segment:list")) == 200_000
    members.write({"segment:a": (1, who)}, last + timedelta(days=500), keep_days=400)
    assert members.dates() == [FIRST, last + timedelta(days=500)]  # the list is not lost with its date


def _put_many(root: Path, key: str) -> None:
    for n in range(15):
        Members(root).put(key, n, FIRST, BitMap([n]))


def _write_and_die(root: Path) -> None:
    import yinke.segments.members.state as state

    state.json.dump = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
    Members(root).put("segment:a", 2, FIRST, BitMap([9]))


def test_two_writers_lose_nothing_and_a_killed_one_changes_nothing(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("fork")
    keys = ["segment:a", "segment:b"]
    writers = [fork.Process(target=_put_many, args=(tmp_path, key)) for key in keys]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    members = Members(tmp_path)
    assert {key: list(members.members(key)) for key in keys} == {key: [14] for key in keys}
    killed = fork.Process(target=_write_and_die, args=(tmp_path,))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    assert list(members.members("segment:a")) == [14]
    members.write({"segment:b": (30, BitMap([3]))}, FIRST, keep_days=400)
    assert {key: list(members.members(key)) for key in keys} == {"segment:a": [14], "segment:b": [3]}
    assert len(list(tmp_path.glob("*.arrow"))) == 1
    assert not list(tmp_path.glob("*.tmp"))
