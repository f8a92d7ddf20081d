"""Many rules over numbers far apart, slice by slice: as plain Python finds them, whatever order and gaps there are."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.bank import a_day
from yinke.lake.engine import Engine
from yinke.lake.store import Lake
from yinke.segments.members import Members
from yinke.segments.members import gathered as module
from yinke.segments.members.refresh import refresh
from yinke.segments.rules.language import Rule
from yinke.segments.rules.world import World

TODAY = date(2026, 10, 30)


def of(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"type": "compare", "field": field, "op": op, "value": value}


RULES = {
    "rich": of("aum", "ge", 500), "everybody": {"type": "all", "of": []}, "nobody": {"type": "any", "of": []},
    "poor": {"type": "not", "of": of("aum", "ge", 500)},
    "first": {"type": "peer", "field": "aum", "group": "bank", "side": "top", "percent": 1},
    "edge": of("aum", "eq", 71),  # of the first number of a slice, too
    "in_town": {"type": "all", "of": [of("org_no", "in", ["3", "5"]), of("tier", "ge", 2)]},
}  # fmt: skip


@pytest.mark.parametrize("gap", [1, 9])
def test_slices_and_gaps_change_no_answer(
    duck: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gap: int
) -> None:
    monkeypatch.setattr(module, "SPAN", 1 << 17)
    lake = Lake(tmp_path)
    a_day(lake, TODAY, snapshot=[{"cust_id": 1, "aum": 1}])
    day = lake.day(TODAY)
    assert day is not None
    path = day.path("snapshot")
    duckdb.sql(
        f"COPY (SELECT s.* REPLACE (CAST(i * {gap} + i // 100000 AS INT) AS cust_id, CAST(i % 1000 AS DECIMAL(18, 2)) AS"
        f" aum, CAST(i % 7 AS VARCHAR) AS org_no, CASE WHEN i % 3 > 0 THEN CAST(i % 5 AS INT) END AS tier)"
        f" FROM read_parquet('{path}') s, range(3, 300000) t(i) ORDER BY i) TO '{path}.new' (FORMAT parquet)"
    )
    Path(f"{path}.new").replace(path)
    world, members = World(duck, lake, day, {"segment.keep_days": 400}), Members(tmp_path / "members")
    rules = {f"segment:{name}": (3, Rule.model_validate({"where": rule})) for name, rule in RULES.items()}
    sizes = refresh(world, rules, members)
    people = {n * gap + n // 100_000: n for n in range(3, 300_000)}
    expected = {
        "rich": {c for c, n in people.items() if n % 1000 >= 500}, "everybody": set(people), "nobody": set(),
        "poor": {c for c, n in people.items() if n % 1000 < 500},
        "first": {c for c, n in people.items() if n % 1000 >= 990},
        "edge": {c for c, n in people.items() if n % 1000 == 71},
        "in_town": {c for c, n in people.items() if n % 7 in (3, 5) and n % 3 > 0 and n % 5 >= 2},
    }  # fmt: skip
    for name, who in expected.items():
        assert set(members.members(f"segment:{name}")) == who, name
        assert sizes[f"segment:{name}"].customers == len(who)
    assert members.of_customer(min(people)) == sorted(
        f"segment:{name}" for name, who in expected.items() if min(people) in who
    )
