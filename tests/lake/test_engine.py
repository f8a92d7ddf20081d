"""Both engines read, write, sort and bound their memory alike."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yinke.common.errors import ConfigurationError
from yinke.lake.engine import Engine, Inputs, Slice, open_engine, slices

ROWS = pa.table(
    {
        "cust_id": pa.array([3, 1, 2], pa.int32()),
        "name": ["李", None, "王·丽"],
        "amount": pa.array([Decimal("12.30"), Decimal("-0.01"), None], pa.decimal128(18, 2)),
        "rate": pa.array([Decimal("7.123456"), None, Decimal("1")], pa.decimal128(18, 6)),
        "day": pa.array([date(2024, 2, 29), None, date(2026, 1, 1)], pa.date32()),
        "at": pa.array([datetime(2026, 1, 1, 23, 59, 59, 1), None, datetime(1999, 1, 1)], pa.timestamp("us")),
        "flag": pa.array([True, False, None]),
    }
)


def test_a_table_written_is_the_table_read(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    assert engine.write(engine.memtable(ROWS), path, ROWS.schema, sort=["cust_id"]) == 3
    assert path.is_file()
    assert (
        engine.to_arrow(engine.table(path).order_by("cust_id")).to_pylist()
        == ROWS.sort_by("cust_id").to_pylist()
    )
    assert pq.read_table(path).to_pylist() == ROWS.sort_by("cust_id").to_pylist()
    assert pq.read_schema(path).remove_metadata().equals(ROWS.schema)
    assert [p.name for p in tmp_path.iterdir()] == ["t.parquet"]


@pytest.mark.spark
def test_each_engine_reads_what_the_other_wrote(duck: Engine, spark: Engine, tmp_path: Path) -> None:
    for writer, reader in ((duck, spark), (spark, duck)):
        path = tmp_path / f"{writer.kind}.parquet"
        writer.write(writer.memtable(ROWS), path, ROWS.schema, sort=["cust_id"])
        assert (
            reader.to_arrow(reader.table(path).order_by("cust_id")).to_pylist()
            == ROWS.sort_by("cust_id").to_pylist()
        )


def test_a_table_of_several_pieces_is_read_whole(engine: Engine) -> None:
    pieces = pa.concat_tables([ROWS[:1], ROWS[:0], ROWS[1:]])
    found = engine.to_arrow(engine.memtable(pieces).select("cust_id"))
    assert sorted(found["cust_id"].to_pylist()) == sorted(ROWS["cust_id"].to_pylist())


def test_columns_are_cast_to_the_schema_and_others_left_out(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table = engine.memtable(ROWS)
    expr = table.group_by("flag").agg(amount=table.amount.sum(), n=table.count()).mutate(extra=1)
    schema = pa.schema([("n", pa.int32()), ("amount", pa.decimal128(18, 2))])
    engine.write(expr.filter(ibis._.amount.notnull()), path, schema, sort=["amount"])
    assert pq.read_table(path).to_pylist() == [
        {"n": 1, "amount": Decimal("-0.01")},
        {"n": 1, "amount": Decimal("12.30")},
    ]


def test_several_days_read_as_one(engine: Engine, tmp_path: Path) -> None:
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"{number}.parquet")
        pq.write_table(pa.table({"n": pa.array([number], pa.int32())}), paths[-1])
    assert sorted(engine.to_arrow(engine.tables(paths))["n"].to_pylist()) == [0, 1, 2]


def test_a_path_written_again_is_read_again(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    for rows in ({"a": [1]}, {"a": [2, 3]}, {"b": ["x"]}):
        pq.write_table(pa.table(rows), path)
        assert engine.to_arrow(engine.table(path)).to_pydict() == rows


def test_several_expressions_follow_one_another_in_one_file(engine: Engine, tmp_path: Path) -> None:
    path, source = tmp_path / "t.parquet", tmp_path / "s.parquet"
    pq.write_table(pa.table({"cust_id": pa.array(range(1000), pa.int32())}), source)
    table = engine.table(source)
    parts = (
        table.filter((table.cust_id >= low) & (table.cust_id < low + 250)) for low in range(0, 1000, 250)
    )
    assert engine.write(parts, path, pa.schema([("cust_id", pa.int32())]), sort=["cust_id"]) == 1000
    assert sorted(pq.read_table(path)["cust_id"].to_pylist()) == list(range(1000))


def test_slices_hold_every_customer_once(
    duck: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "customer.parquet"
    ids = [n for n in range(7, 5000) if n % 10]
    pq.write_table(pa.table({"cust_id": pa.array(ids, pa.int32())}), path)
    monkeypatch.setattr(type(duck), "slice_customers", 700)
    cut = slices(duck, path)
    assert len(cut) == 7
    plans = (
        duck.plan("test", (), Inputs({"t": [path]}, part.scalars()), lambda b: Slice.bound(b["t"], b))
        for part in cut
    )
    found = [duck.to_arrow(plan)["cust_id"].to_pylist() for plan in plans]
    assert sorted(n for part in found for n in part) == ids
    assert max(map(len, found)) <= 710


def test_more_than_the_memory_spills_to_the_scratch_folder(tmp_path: Path) -> None:
    small = open_engine("duckdb", threads=2, memory="150MB", scratch=tmp_path)
    numbers = ibis.range(9_000_000).unnest().name("n").as_table()
    expr = numbers.mutate(key=(numbers.n * 7919) % 9_000_000, text=numbers.n.cast(str))
    path = tmp_path / "t.parquet"
    schema = pa.schema([("key", pa.int64()), ("text", pa.string())])
    assert small.write(expr, path, schema, sort=["key"]) == 9_000_000
    keys = pq.read_table(path, columns=["key"])["key"]
    assert keys[0].as_py() == 0 and keys[-1].as_py() == 8_999_999


def test_spark_missing_is_said_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ConfigurationError, match="uv sync --extra spark"):
        open_engine("spark", threads=1, memory="1GB", scratch=tmp_path)
