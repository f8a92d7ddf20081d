"""Rules over columns in memory answer as the definition of AND and OR says, unknown values included."""

from __future__ import annotations

import itertools
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yinke.lake.engine.hot import HotSnapshot, all_of, any_of

ROWS = [
    dict(zip(("a", "b", "stage"), values, strict=True))
    for values in itertools.product([1, 5, None], [True, False, None], ["LOST", "NEW", None])
]


@pytest.fixture
def hot(tmp_path: Path) -> HotSnapshot:
    rows = [{"cust_id": n, "org_no": f"O{n % 4}", **row} for n, row in enumerate(ROWS)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "snapshot.parquet")
    return HotSnapshot(tmp_path / "snapshot.parquet", threads=1, memory="100MB")


def test_a_rule_is_counted_and_broken_down_by_org(hot: HotSnapshot) -> None:
    found = hot.breakdown(
        lambda t: any_of(all_of(t.a >= 5, t.b), t.stage == "LOST"), columns=["a", "b", "stage"]
    )
    expected: dict[str, int] = {}
    for n, row in enumerate(ROWS):
        if ((row["a"] or 0) >= 5 and row["b"]) or row["stage"] == "LOST":
            expected[f"O{n % 4}"] = expected.get(f"O{n % 4}", 0) + 1
    assert dict(zip(*found.to_pydict().values(), strict=True)) == expected


def test_columns_are_read_when_first_asked_for(hot: HotSnapshot) -> None:
    assert hot.breakdown(lambda t: t.a == 1, columns=["a"]).num_rows == 4
    assert hot.breakdown(lambda t: t.stage == "NEW", columns=["stage"], by="stage").to_pylist() == [
        {"stage": "NEW", "customers": 9}
    ]
    assert sum(hot.breakdown(lambda t: t.a == 1, columns=["a"])["customers"].to_pylist()) == 9
    with pytest.raises(KeyError):
        hot.table("no_such_column")
