"""预测: train the models (churn, value, next product) on many months of many customers, and score a night, on made data.

    ./run bench scoring --customers 1000000 --months 24
    ./run bench scoring --customers 10000000 --score-only

The months' ends are snapshots of the full width; a part of the customers leaves in some month, after money went to the
own name elsewhere and logins ceased; another part newly holds a product, the richer the likelier. Prints seconds of making, training and scoring, rows, the peak memory of the process.
A figure of quality is printed to see that something was learned; of made data it says nothing else.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from snapshot import make_snapshot

from yinke.common.env import read_environment
from yinke.common.thresholds import Thresholds
from yinke.lake.around import SCHEMAS
from yinke.lake.engine import open_engine
from yinke.lake.engine.files import ROW_GROUP, quoted, sql_types
from yinke.lake.keys import use_master
from yinke.lake.store import Lake
from yinke.lake.tables import CATEGORIES, CUSTOMER, TABLES
from yinke.scoring.churn.label import WINDOW, ends_later
from yinke.scoring.churn.score import score_churn
from yinke.scoring.churn.store import set_released
from yinke.scoring.churn.train import train_churn
from yinke.scoring.value.outcome import Past
from yinke.scoring.value.score import score_all
from yinke.scoring.value.train_products import train_products
from yinke.scoring.value.train_value import train_value

FIRST = date(2023, 1, 31)
GOES = "(3 + hash(i + 51) % 140)"
"""The month in which a customer's money goes; beyond the last one: never."""
AMOUNT = "round(exp(9.3 + 2.2 * (h(i, 1) + h(i, 2) + h(i, 3) + h(i, 4) - 2)), 2)"


def held(month: int) -> str:
    """SQL: a customer's average of a month, which falls a little before it goes."""
    return (
        f"round({AMOUNT} * (0.9 + 0.2 * h(i, {60 + month})) * CASE WHEN {month} >= {GOES} THEN 0.05"
        f" WHEN {month} = {GOES} - 1 AND hash(i + 52) % 10 < 7 THEN 0.8 ELSE 1 END, 2)"
    )


def holds(month: int, category: str) -> str:
    """SQL: whether a customer holds a category by a month; the rich come to it ten times as fast."""
    n = 90 + CATEGORIES.index(category)
    return f"({month} >= hash(i + {n}) % CASE WHEN h(i, 1) > 0.7 THEN 50 ELSE 500 END)"


def make_month(lake: Lake, customers: int, month: int) -> None:
    """Publish a month's end."""
    day = ends_later(FIRST, month)
    building = lake.build(day)
    warns = f"({month} = {GOES} - 1 AND hash(i + 52) % 10 < 7)"
    known = {
        "status": "'NORMAL'", "mda": held(month), "aum": held(month), "demand": held(month), "lum": "0",
        **{f"has_{name.lower()}": holds(month, name) for name in CATEGORIES},
        **{name.lower(): f"CASE WHEN {holds(month, name)} THEN 20000 ELSE 0 END" for name in ("TIME", "WEALTH", "FUND", "INSURANCE")},
        **{f"mda_m{n}": held(month - n) for n in range(1, 13) if n <= month},
        "aum_30d_ago": held(month - 1) if month else "NULL",
        "birth_date": "DATE '1940-01-01' + CAST(25000 * h(i, 11) AS INT)",
        "open_date": "DATE '2022-01-01' - CAST(4000 * h(i, 12) AS INT)",
        "last_login": f"CASE WHEN {warns} THEN DATE '{day}' - 35 ELSE DATE '{day}' - CAST(30 * h(i, 15) AS INT) END",
        **{f"logins_m{n}": f"CASE WHEN {warns} THEN 0 ELSE CAST(8 * h(i, {16 + n}) AS INT) END" for n in range(4)},
        "last_txn": f"DATE '{day}' - CAST(90 * h(i, 9) * h(i, 10) AS INT)",
        "txns_90d": "CAST(40 * h(i, 26) AS INT)", "open_accounts": "CAST(1 + 3 * h(i, 27) AS INT)",
        "categories_6m_ago": "CAST(12 * h(i, 6) * h(i, 7) AS INT)", "tier_below_months": "0",
        "is_payroll": "h(i, 21) > 0.7", "last_payroll": f"CASE WHEN h(i, 21) > 0.7 THEN DATE '{day}' - 15 END",
        **{f"payroll_sum_m{n}": "CASE WHEN h(i, 21) > 0.7 THEN 8000 ELSE 0 END" for n in range(4)},
        **{f"payrolls_m{n}": "CASE WHEN h(i, 21) > 0.7 THEN 1 ELSE 0 END" for n in range(5)},
    }  # fmt: skip
    make_snapshot(building.path("snapshot"), customers, known)
    everybody = f"range(1, {customers + 1}) t(i)"
    some = f"(SELECT i FROM {everybody} WHERE h(i, 25) > 0.7) t(i)"
    deposit = {
        "cust_id": "i", "cust_no": "'C' || i", "acct_no": "'A' || i", "category": "'TIME'", "ccy": "'CNY'",
        "status": "'NORMAL'", "open_date": "DATE '2020-01-01'", "balance": "round(20000 * h(i, 34), 2)",
        "maturity": f"DATE '{day}' + CAST(400 * h(i, 35) AS INT)",
    }  # fmt: skip
    moved = {"cust_id": "i", "amount": f"{AMOUNT} * 0.15 * h(i, {36 + month})", "txns": "2"}
    with duckdb.connect() as db:
        db.execute("CREATE MACRO h(i, k) AS (hash(i * 31 + k) % 1000003) / 1000003.0")
        people = {
            "cust_id": "i", "cust_no": "'C' || i", "status": "'NORMAL'", "risk_level": "'C' || (1 + hash(i + 53) % 5)",
            "risk_expiry": f"DATE '{day}' + 200", "birth_date": "DATE '1950-01-01' + CAST(18000 * h(i, 11) AS INT)",
        }  # fmt: skip
        make(db, building.path("customer"), CUSTOMER.arrow_schema(), everybody, people)
        make(db, building.path("own_out"), SCHEMAS["own_out"],
             f"(SELECT i FROM {everybody} WHERE {warns} OR h(i, {28 + month}) < 0.02) t(i)", moved)  # fmt: skip
        make(db, building.path("flow"), SCHEMAS["flow"],
             f"(SELECT i, unnest(['IN', 'OUT']) AS d FROM {everybody}) t(i, d)",
             {**moved, "direction": "d", "kind": "'TRANSFER'"})  # fmt: skip
        for name in ("account", "balance"):
            make(db, building.path(name), TABLES[name].arrow_schema(), some, deposit)
    lake.publish(building)


def make(
    db: duckdb.DuckDBPyConnection, path: Path, schema: pa.Schema, source: str, known: dict[str, str]
) -> None:
    """Write a table whose columns are SQL over ``i``; those that are not known are null."""
    columns = ", ".join(
        f'CAST({known.get(name, "NULL")} AS {kind.removesuffix("_NTZ")}) AS "{name}"'
        for name, kind in sql_types(schema).items()
    )
    db.execute(
        f"COPY (SELECT {columns} FROM {source} ORDER BY i) TO {quoted(str(path))}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )


def main() -> None:
    """Make, train, score, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--months", type=int, default=24, help="Months to learn from")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument(
        "--score-only", action="store_true", help="Learn from 20,000 customers, score them all"
    )
    parser.add_argument(
        "--challengers", action="store_true", help="Score once more with a challenger of each kind beside"
    )
    args = parser.parse_args()
    use_master(lambda: (read_environment().data_key, "aes"))
    values = Thresholds.load().at(date(2026, 1, 1))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        engine = open_engine("duckdb", threads=args.threads, memory=args.memory, scratch=root)
        few, months = (20_000, 8) if args.score_only else (args.customers, args.months)
        lake = Lake(root / "lake")
        with timed(f"make {months + 2 * WINDOW + 2} months' ends of {few:,} customers"):
            for month in range(months + 2 * WINDOW + 2):
                make_month(lake, few, month)
        with timed("train churn"):
            card = train_churn(engine, lake, values, threads=args.threads)
        past = Past(engine, lake, values)
        with timed("train value"):
            value = train_value(past, threads=args.threads)
        with timed("train next product"):
            product = train_products(past, threads=args.threads)
        print(
            f"  {card['rows']:,} rows of {card['months']} months, {card['positives']:,} left; AUC on the test month"
            f" {card['metrics']['model']['auc']:.3f}, logistic regression {card['metrics']['logistic']['auc']:.3f}"
        )
        print(
            f"  value: {value['rows']:,} rows; next product: {product['metrics']['model']['offered']} categories"
        )
        if args.score_only:
            models = lake.root / "models"
            lake = Lake(root / "large")
            for month in (months + 2 * WINDOW, months + 2 * WINDOW + 1):
                make_month(lake, args.customers, month)
            models.rename(lake.root / "models")
        for kind in ("churn", "value", "product"):
            set_released(lake, kind, 1)
        newest = lake.latest()
        assert newest is not None
        building = lake.build(newest.biz_date)
        for path in newest.folder.glob("*.parquet"):
            building.path(path.stem).hardlink_to(path)
        with timed(f"churn scores alone of a night of {args.customers:,} customers"):
            told = score_churn(engine, building, lake, values)
        print(f"  {told['scored']:,} scored, {told['bands']}, {told.get('blocked', '')}")
        with timed("a night's scores, values and next products in one pass"):
            every = score_all(engine, building, lake, {**values, "churn.psi_block": 1e9})
        print(f"  {[(kind, one['scored'], one.get('blocked', '')) for kind, one in every.items()]}")
        if args.challengers:
            for kind in ("churn", "value", "product"):
                set_released(lake, kind, 1, 1)
            with timed("the same with a challenger of each kind beside"):
                every = score_all(engine, building, lake, {**values, "churn.psi_block": 1e9})
            beside = every["challengers"]
            print(f"  {[(kind, one['customers'], one['same']) for kind, one in beside.items()]}")
        print(
            f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB"
        )


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print how long a block takes."""
    started = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
