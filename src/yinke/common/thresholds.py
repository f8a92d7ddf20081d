"""Thresholds as dated configuration: each has a value, an owner, a source and the date it holds from.

Defaults stand beside the context that uses them (``segments/thresholds.yaml``,
``care/thresholds.yaml``, ...); the bank lays its own file (``YINKE_THRESHOLDS``) over them. What its people have
changed and approved on the pages (``segments/services/standards.py``) follows as further dated rows (``use_approved``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from yinke.common.errors import ConfigurationError
from yinke.common.yaml_files import read_yaml

PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, order=True)
class Threshold:
    """One dated row. ``value`` is a number, a string or a list, in the unit that ``unit`` names."""

    code: str
    valid_from: date
    value: Any
    unit: str
    owner: str
    source: str
    name_zh: str
    name_en: str


def _read(path: Path) -> Iterator[Threshold]:
    rows = read_yaml(path) or []
    if not isinstance(rows, list):
        raise ConfigurationError(
            "The file is not a list of rows",
            place=str(path),
            remedy="Start each row with '- code:'",
        )
    for number, row in enumerate(rows, 1):
        try:
            yield Threshold(
                code=row["code"],
                valid_from=row["valid_from"],
                value=row["value"],
                unit=row.get("unit", ""),
                owner=row["owner"],
                source=row["source"],
                name_zh=row.get("name_zh", row["code"]),
                name_en=row.get("name_en", row["code"]),
            )
        except (KeyError, TypeError) as problem:
            raise ConfigurationError(
                f"Row {number} lacks {problem}",
                place=str(path),
                remedy="Give each row code, value, owner, source and valid_from",
            ) from None
        if not isinstance(row["valid_from"], date):
            raise ConfigurationError(
                f"Row {number} ({row['code']}) has no date in valid_from",
                place=str(path),
                remedy="Write it as 2026-01-31",
            )


class Thresholds:
    """All rows; ``at(date)`` gives what holds on a business date.

    >>> book = Thresholds([Threshold("a", date(2020, 1, 1), 5, "", "", "", "", ""),
    ...                    Threshold("a", date(2025, 1, 1), 7, "", "", "", "", "")])
    >>> book.at(date(2024, 12, 31))["a"], book.at(date(2025, 1, 1))["a"]
    (5, 7)
    """

    def __init__(self, rows: Iterable[Threshold]) -> None:
        self.rows = list(rows)
        by_code: dict[str, dict[date, Threshold]] = defaultdict(dict)
        for row in self.rows:
            by_code[row.code][row.valid_from] = row  # a later file wins for the same date
        self._by_code = {code: sorted(days.values()) for code, days in by_code.items()}

    def at(self, biz_date: date) -> Mapping[str, Any]:
        """Values in force on ``biz_date``, by code. A code whose first row starts later holds from that row."""
        values: dict[str, Any] = {}
        for code, rows in self._by_code.items():
            in_force = [row for row in rows if row.valid_from <= biz_date] or rows[:1]
            values[code] = in_force[-1].value
        return values

    def standing(self, biz_date: date) -> Mapping[str, tuple[Threshold, Threshold | None]]:
        """Of each code the row in force on ``biz_date`` and the next that is still to come, in the order of the files.

        >>> rows = [Threshold("a", date(y, 1, 1), y, "", "", "", "", "") for y in (2020, 2025, 2027)]
        >>> now, coming = Thresholds(rows).standing(date(2026, 1, 1))["a"]
        >>> now.value, coming and coming.value
        (2025, 2027)
        """
        found: dict[str, tuple[Threshold, Threshold | None]] = {}
        for code, rows in self._by_code.items():
            row = ([one for one in rows if one.valid_from <= biz_date] or rows[:1])[-1]
            later = [one for one in rows if one.valid_from > max(biz_date, row.valid_from)]
            found[code] = (row, later[0] if later else None)
        return found

    @classmethod
    def load(cls, *over: Path, then: Path | None = None) -> Thresholds:
        """Read every context's defaults, then lay the files of ``over`` on top, in order.

        A bank's row for a code replaces the default rows of that code wholly. The rows of ``then`` are later ones,
        beside those that they change.

        Raises:
            ConfigurationError: names the file and the row; also for a code that no default knows.
        """
        defaults = [row for path in sorted(PACKAGE.glob("*/thresholds.yaml")) for row in _read(path)]
        known = {row.code for row in defaults}
        rows = defaults
        for path in over:
            own = list(_read(path))
            strange = sorted(
                {row.code for row in own} - known - {c for c in (r.code for r in own) if c.startswith("fx.")}
            )
            if strange:
                raise ConfigurationError(
                    f"No such threshold: {', '.join(strange)}",
                    place=str(path),
                    remedy="List the known codes with: yinke thresholds",
                )
            replaced = {row.code for row in own}
            rows = [row for row in rows if row.code not in replaced] + own
        if then is not None:
            rows += [row for row in _read(then) if row.code in known]
        return cls(rows)


_approved: list[Callable[[], Path]] = []


def use_approved(place: Callable[[], Path]) -> None:
    """Say where the changes lie that the bank's people have approved; the file need not be there yet."""
    _approved[:] = [place]


def load_thresholds(over: Path | None = None) -> Thresholds:
    """The thresholds of this installation, read again when the approved changes are written anew."""
    for place in _approved:
        if (path := place()).exists():
            return _loaded(over, path, path.stat().st_mtime_ns)
    return _loaded(over, None, 0)


@lru_cache(maxsize=8)
def _loaded(over: Path | None, then: Path | None, written: int) -> Thresholds:
    return Thresholds.load(*([over] if over else []), then=then)
