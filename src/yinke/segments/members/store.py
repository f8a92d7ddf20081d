"""Who is in which segment on which date: asked of files beside the lake's days.

Each date keeps, for each key (``segment:<code>``, ``tag:<code>``), who entered and who left since the key's date before.
All members at once are kept of the newest date and of the last one of each month; of any other date they follow from the
nearest of these and the changes between. So 400 days take little more than the changes of 400 days.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import wraps
from itertools import pairwise
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from pyroaring import BitMap

from yinke.segments.members.parts import Part, PartWriter, Row, packed
from yinke.segments.members.state import Entry, Listed, State, commit, read, writing

P = ParamSpec("P")
R = TypeVar("R")


class NotKept(KeyError):
    """Nothing is kept of this key, or nothing as old as the date asked for."""


@dataclass(frozen=True)
class Size:
    """How many a key held of on a date, by which version of its rule, and the change since its date before."""

    biz_date: date
    version: int
    customers: int
    entered: int
    left: int


@dataclass(frozen=True)
class Moved:
    """Who entered and who left on a date; another ``version`` than the day before's may be why."""

    biz_date: date
    entered: BitMap
    left: BitMap
    version: int = 0


def _again(question: Callable[Concatenate[Members, P], R]) -> Callable[Concatenate[Members, P], R]:
    """Ask anew where a writer replaced the files meanwhile."""

    @wraps(question)
    def asked(self: Members, /, *args: P.args, **kwargs: P.kwargs) -> R:
        for pause in (0.0, 0.05, 0.2, 1.0):
            time.sleep(pause)
            try:
                return question(self, *args, **kwargs)
            except FileNotFoundError:
                continue
        return question(self, *args, **kwargs)

    return asked


class Members:
    """Memberships under one folder. Cheap to make; files are opened once by a process.

    A key that was not computed on a date stands as it stood on its date before: a list is put once. Customers are
    ``cust_id``.

    Args:
        root: the folder ``members`` of the lake; made when something is written.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    @_again
    def dates(self) -> list[date]:
        """Dates on which something was written, oldest first."""
        state = read(self.root)
        return sorted(on for on in state.dates if state.keys(on))

    @_again
    def keys(self, on: date | None = None) -> list[str]:
        """Keys of which something is kept on a date; None: on the newest."""
        state = read(self.root)
        if on is None:
            return list(state.newest)
        return sorted(set().union(*(state.keys(one) for one in state.dates if one <= on)))

    @_again
    def members(self, key: str, on: date | None = None) -> BitMap:
        """Who is in; on a past date, who was. The caller may change the bitmap.

        Raises:
            NotKept: the key is not known, or was not yet on that date.
        """
        return _members(read(self.root), key, on)

    @_again
    def holds(self, key: str, cust_id: int, on: date | None = None) -> bool:
        """Whether one customer is in: some bytes are read, no bitmap is unpacked.

        Raises:
            NotKept: as ``members``.
        """
        return _holds(read(self.root), key, cust_id, on)

    @_again
    def of_customer(self, cust_id: int, on: date | None = None) -> list[str]:
        """The keys that one customer is in."""
        state = read(self.root)
        if on is None:
            return [key for key, entry in state.newest.items() if entry.part.holds(key, "full", cust_id)]
        return [key for key in self.keys(on) if _holds(state, key, cust_id, on)]

    @_again
    def moved(self, key: str, since: date, until: date) -> list[Moved]:
        """The changes after ``since`` up to ``until``, oldest first; dates without a change, too."""
        found = []
        for entry in read(self.root).walk(key):
            if entry.biz_date <= since:
                break
            if entry.biz_date <= until:
                entered, left = _changes(entry, key)
                found.append(Moved(entry.biz_date, entered, left, entry.part.row(key).version))
        return found[::-1]

    @_again
    def sizes(self, key: str) -> list[Size]:
        """The key's sizes, oldest first."""
        return [_size(e.biz_date, e.part.row(key)) for e in read(self.root).walk(key)][::-1]

    @_again
    def as_of(self, key: str) -> date:
        """The newest date of which a key's members were found.

        Raises:
            NotKept: nothing is kept of the key.
        """
        newest = read(self.root).newest
        if key not in newest:
            raise NotKept(key)
        return newest[key].biz_date

    @_again
    def entered_on(self, key: str, some: BitMap) -> dict[int, date]:
        """Since when these customers are in. Who is not in, or came before what is kept, is left out."""
        state = read(self.root)
        left = some & _members(state, key, None)
        found: dict[int, date] = {}
        for entry in state.walk(key):
            if not left:
                break
            came = left & _changes(entry, key)[0]
            found |= dict.fromkeys(came, entry.biz_date)
            left -= came
        return found

    def put(self, key: str, version: int, biz_date: date, found: BitMap) -> Size:
        """Write who is in on a date, of one key; what stood there of that date is replaced."""
        return self.write({key: (version, found)}, biz_date)[key]

    def write(
        self, found: Mapping[str, tuple[int, BitMap]], biz_date: date, *, keep_days: int | None = None
    ) -> dict[str, Size]:
        """Write who is in, of many keys, all at once or not at all. Twice is once.

        Args:
            found: by key, the version of its rule and its members.
            biz_date: may lie before others: the changes of the dates after it stay right. What stands there of a
                later version stays: it was approved while this one was being computed.
            keep_days: where given, put the files in order and let go of what is older than this.
        """
        with writing(self.root) as state:
            state, sizes = _written(state, found, biz_date)
            commit(state)
            if keep_days is not None:
                commit(_tidied(state, keep_days))
        return sizes

    def drop(self, key: str) -> None:
        """Forget a key on all dates."""
        with writing(self.root) as state:
            commit(replace(state, dropped={**state.dropped, key: state.number}))

    def erase(self, cust_ids: Iterable[int]) -> int:
        """Take customers who were deleted on request out of every date. Returns the dates rewritten.

        How many there were stays as it was told that day.
        """
        gone = BitMap(cust_ids)
        with writing(self.root) as state:
            more: dict[date, tuple[Listed, ...]] = {}
            for on, parts in state.dates.items():
                if any(_about(state.part(listed), gone) for listed in parts):
                    number = state.number + 1 + len(more)
                    rows = (_without(Entry(on, part), key, gone) for key, part in state.keys(on).items())
                    more[on] = _merged(state.root, on, number, rows)
            commit(state.with_parts(more))
        return len(more)


def _size(on: date, row: Row) -> Size:
    return Size(on, row.version, row.customers, row.entered_count, row.left_count)


def _changes(entry: Entry, key: str) -> tuple[BitMap, BitMap]:
    entered, left = entry.part.bitmap(key, "entered"), entry.part.bitmap(key, "left")
    assert entered is not None and left is not None  # noqa: S101
    return entered, left


def _undone(now: BitMap, entry: Entry, key: str) -> BitMap:
    """Who was in before a date's change."""
    entered, left = _changes(entry, key)
    now -= entered
    now |= left
    return now


def _around(state: State, key: str, on: date | None) -> tuple[list[Entry], Entry, Iterator[Entry]]:
    """A key's entries after a date (newest first), the newest up to it, and the rest as they are asked for."""
    after: list[Entry] = []
    rest = state.walk(key)
    for entry in rest:
        if on is None or entry.biz_date <= on:
            return after, entry, rest
        after.append(entry)
    raise NotKept(key, on)


def _members(state: State, key: str, on: date | None) -> BitMap:
    after, here, older = _around(state, key, on)
    later: list[Entry] = []
    for entry in reversed(after):
        later.append(entry)
        if entry.part.has(key, "full"):
            break
    else:
        later = []
    changes: list[Entry] = []
    entry = here
    while not entry.part.has(key, "full"):
        changes.append(entry)
        following = None if later and len(changes) >= len(later) else next(older, None)
        if following is None:  # the later one is nearer, or all that is left
            return _back(later, key)
        entry = following
    found = entry.part.bitmap(key, "full")
    assert found is not None  # noqa: S101
    for change in reversed(changes):
        entered, left = _changes(change, key)
        found |= entered
        found -= left
    return found


def _back(later: list[Entry], key: str) -> BitMap:
    """From the full bitmap of the last of ``later``, oldest first, back to before the first of them."""
    found = later[-1].part.bitmap(key, "full")
    assert found is not None  # noqa: S101
    for entry in reversed(later):
        found = _undone(found, entry, key)
    return found


def _holds(state: State, key: str, cust_id: int, on: date | None) -> bool:
    after, entry, older = _around(state, key, on)
    for one in (entry, *older):
        whole = one.part.holds(key, "full", cust_id)
        if whole is not None:
            return whole
        if one.part.holds(key, "entered", cust_id):
            return True
        if one.part.holds(key, "left", cust_id):
            return False
    for one in reversed(after):  # what came before is no longer kept
        if one.part.holds(key, "entered", cust_id):
            return False
        if one.part.holds(key, "left", cust_id):
            return True
        whole = one.part.holds(key, "full", cust_id)
        if whole is not None:
            return whole
    raise NotKept(key, on)


def _written(
    state: State, found: Mapping[str, tuple[int, BitMap]], biz_date: date
) -> tuple[State, dict[str, Size]]:
    """The state with a date's rows, and with the changes of each key's next date counted from them."""
    sizes: dict[str, Size] = {}
    writers: dict[date, PartWriter] = {}
    with ExitStack() as stack:

        def writer(on: date) -> PartWriter:
            if on not in writers:
                number = state.number + 1 + len(writers)
                writers[on] = PartWriter(state.root / f"{on}-{number}.arrow")
                stack.callback(writers[on].discard)
            return writers[on]

        for key, (version, now) in sorted(found.items()):
            known = state.find(key, biz_date)
            if known is not None and (newer := known.row(key)).version > version:
                sizes[key] = _size(biz_date, newer)
                continue
            before, later = _neighbours(state, key, biz_date)
            row = Row.of(key, version, now, before, full=True)
            writer(biz_date).add(row)
            sizes[key] = _size(biz_date, row)
            if later is not None:
                then = _members(state, key, later.biz_date)
                of, full = later.part.row(key).version, later.part.has(key, "full")
                writer(later.biz_date).add(Row.of(key, of, then, now, full=full))
        for one in writers.values():
            one.close()
    more = {}
    for n, (on, one) in enumerate(writers.items()):
        more[on] = (*state.dates.get(on, ()), Listed(one.path.name, state.number + 1 + n, one.full))
    return state.with_parts(more), sizes


def _neighbours(state: State, key: str, on: date) -> tuple[BitMap, Entry | None]:
    """Who was in before a date, and the key's next date after it."""
    later = None
    for entry in state.walk(key):
        if entry.biz_date < on:
            return _members(state, key, entry.biz_date), later
        if entry.biz_date == on:  # what it was counted from may be kept no longer
            return _undone(_members(state, key, on), entry, key), later
        later = entry
    if later is None:
        return BitMap(), None
    return _undone(_members(state, key, later.biz_date), later, key), later


def _tidied(state: State, keep_days: int) -> State:
    """The state with one file for each date, full bitmaps where they are wanted only, and what is too old gone."""
    dates = sorted(state.dates)
    if not dates:
        return state
    horizon = dates[-1] - timedelta(days=keep_days)
    ends = {one for one, after in pairwise(dates) if (one.year, one.month) != (after.year, after.month)}
    seen: set[str] = set()
    more: dict[date, tuple[Listed, ...]] = {}
    number = state.number
    for on in reversed(dates):
        parts = state.dates[on]
        rows = state.keys(on)
        last = {key for key in rows if key not in seen}
        seen |= rows.keys()
        wanted = set(rows) if on >= horizon else last
        full = wanted if on in ends else last
        idle = len(parts) == 1 and len(wanted) == len(state.part(parts[0]).keys)
        if idle and not (parts[0].full and any(rows[key].has(key, "full") for key in rows.keys() - full)):
            continue
        number += 1
        kept = ((key, part.row(key)) for key, part in rows.items() if key in wanted)
        slim = (row if key in full else replace(row, full=None) for key, row in kept)
        more[on] = _merged(state.root, on, number, slim)
    return state.with_parts(more)


def _merged(root: Path, on: date, number: int, rows: Iterable[Row]) -> tuple[Listed, ...]:
    """A date's rows in one file; none if there are none."""
    with ExitStack() as stack:
        writer = PartWriter(root / f"{on}-{number}.arrow")
        stack.callback(writer.discard)
        some = False
        for row in rows:
            writer.add(row)
            some = True
        if not some:
            return ()
        writer.close()
    return (Listed(writer.path.name, number, writer.full),)


def _about(part: Part, gone: BitMap) -> bool:
    """Whether a part tells of any of these customers."""
    bitmaps = (part.bitmap(key, column) for key in part.keys for column in ("full", "entered", "left"))
    return any(one is not None and not one.isdisjoint(gone) for one in bitmaps)


def _without(entry: Entry, key: str, gone: BitMap) -> Row:
    """A row that no longer tells of some customers."""
    full, (entered, left) = entry.part.bitmap(key, "full"), _changes(entry, key)
    return replace(
        entry.part.row(key), full=None if full is None else packed(full - gone), entered=packed(entered - gone),
        left=packed(left - gone),
    )  # fmt: skip
