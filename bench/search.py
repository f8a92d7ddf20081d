"""How long a search takes in a bank of a million: for one manager, a branch and the head office; and by which index.

    ./run bench search --customers 1000000

Makes a bank of its own in a temporary folder: a pool of names, drawn as often as surnames are, and random numbers.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date

TODAY = date(2026, 10, 30)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾解单仇任"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉鑫宇博晨浩然欣怡佳琪雨婷子轩梓涵"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--explain", action="store_true", help="print the plans too")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(YINKE_HOME=home, DJANGO_SETTINGS_MODULE="yinke.settings")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        names = fill(wanted.customers)
        measure(names, wanted.explain)


def fill(count: int) -> list[str]:
    """Customers, metrics, orgs, managers; returns the pool of names."""
    import pyarrow as pa

    from yinke.access.models import Org, User
    from yinke.customers.models import Frontier
    from yinke.customers.services import bulk
    from yinke.customers.services.profiles import COLUMNS, seal

    draw = random.Random(7)
    root = Org.objects.create(org_no="0", name="总行", level=1, path="")
    root.path = f"/{root.id}/"
    root.save()
    outlets = [
        Org(org_no=f"{n + 1}", name=f"网点{n}", level=4, parent=root, path="") for n in range(max(count // 5_000, 1))
    ]  # fmt: skip
    Org.objects.bulk_create(outlets)
    for org in outlets:
        org.path = f"{root.path}{org.id}/"
    Org.objects.bulk_update(outlets, ["path"])
    for number, (role, org) in enumerate((("RM", outlets[0]), ("BR_MGR", outlets[0]), ("HQ_OPS", root))):
        User.objects.create(emp_no=f"E{number}", name=role, role=role, org=org)
    weights = [1 / (rank + 3) for rank in range(len(SURNAMES))]
    pool = [
        draw.choices(SURNAMES, weights)[0] + "".join(draw.choices(GIVEN, k=draw.choice((1, 2, 2, 2))))
        for _ in range(min(count, 60_000))
    ]
    orgs = {org.org_no: org.id for org in outlets}

    def batches() -> Iterator[pa.Table]:
        for start in range(0, count, 50_000):
            rows = range(start, min(start + 50_000, count))
            texts = {
                "cust_no": [f"8{n:09}" for n in rows], "name": [draw.choice(pool) for _ in rows],
                "mobile": [f"1{draw.randrange(3 * 10**9, 10**10)}" for _ in rows],
                "cert_no": [f"3101011990{draw.randrange(10**8):08}" for _ in rows],
                "open_org": [str(n % len(outlets) + 1) for n in rows], "status": ["NORMAL"] * len(rows),
                "source": [str(n) for n in rows],
                **{name: [""] * len(rows) for name in ("cert_type", "gender", "occupation", "education", "risk_level")},
            }  # fmt: skip
            columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
            columns["id"] = pa.array(rows, pa.int32())
            for name in ("birth_date", "risk_expiry", "open_date"):
                columns[name] = pa.array([TODAY] * len(rows), pa.date32())
            columns["is_staff"] = pa.array([False] * len(rows))
            yield seal(pa.RecordBatch.from_pydict(columns), orgs)

    began = time.perf_counter()
    bulk.fill("customers_customer", batches())
    print(
        f"{count:,} customers sealed and loaded, {len(COLUMNS)} columns: {time.perf_counter() - began:.1f} s"
    )
    bulk.run(
        "INSERT INTO customers_metrics (customer_id, as_of, aum, lum, sum_m, sum_q, sum_y, months, mix, tier,"
        " tier_asset, stage, categories, rfm, is_payroll, is_effective)"
        " SELECT id, %s, a, 0, a, a, a, array_fill(a, ARRAY[12]), array_fill(a, ARRAY[8]), t, t, 'STABLE', 1, '333',"
        " false, true FROM (SELECT id, (random() * 1000000)::numeric(18, 2) a, (random() * 5)::int t"
        " FROM customers_customer) c",
        [TODAY],
    )
    bulk.run(
        "INSERT INTO customers_assignment (customer_id, user_id, rel_type, share_pct, start_date, reason)"
        " SELECT id, (SELECT id FROM access_user WHERE role = 'RM'), 'MAIN', 100, %s, ''"
        " FROM customers_customer WHERE org_id = %s LIMIT 500",
        [TODAY, outlets[0].id],
    )
    Frontier.objects.create(biz_date=TODAY, lake_version="1", written_at="2026-10-31T00:00:00Z")
    bulk.run("ANALYZE")
    return pool


def measure(pool: list[str], explain: bool) -> None:
    """Each kind of search by each viewer, 12 times."""
    from yinke.access.models import User
    from yinke.access.queries import viewer_of
    from yinke.common.crypto import decrypt
    from yinke.customers import listing
    from yinke.customers.models import Customer
    from yinke.customers.names import initials, syllables
    from yinke.customers.queries import visible
    from yinke.customers.schemas import CustomerQuery

    draw = random.Random(8)
    for user in User.objects.order_by("id"):
        viewer = viewer_of(user)
        some = list(visible(viewer).order_by("id")[:400])
        everything: list[float] = []
        for kind in (
            "name",
            "surname",
            "2 characters",
            "pinyin",
            "pinyin begun",
            "initials",
            "mobile",
            "last 4",
            "number",
        ):
            times = []
            for _ in range(12):
                one = draw.choice(some)
                name, mobile = decrypt(one.name_sealed), decrypt(one.mobile_sealed)
                read = "".join(syllables(name))
                q = {
                    "name": name, "surname": name[0], "2 characters": name[:2], "pinyin": read,
                    "pinyin begun": read[: max(len(read) - 2, 3)], "initials": initials(name), "mobile": mobile,
                    "last 4": mobile[-4:], "number": one.cust_no,
                }[kind]  # fmt: skip
                wanted = CustomerQuery(q=q)
                began = time.perf_counter()
                rows = listing.find(viewer, wanted, TODAY)
                total = listing.count(rows)
                found = listing.load(listing.page_ids(rows, wanted, TODAY, total)) if total else []
                times.append((time.perf_counter() - began) * 1000)
                assert total >= listing.COUNTED or one.id in {c.id for c in found} or total > listing.PAGE, (
                    kind,
                    q,
                )
            everything += times
            if explain:
                plan = listing.find(viewer, CustomerQuery(q=q), TODAY).explain(analyze=True)
                print(plan)
            print(
                f"{user.role:8} {kind:14} p50 {statistics.median(times):7.1f} ms  worst {max(times):7.1f} ms"
            )
        p95 = sorted(everything)[int(len(everything) * 0.95)]
        print(f"{user.role:8} all: p95 {p95:.1f} ms of {Customer.objects.count():,} customers")


if __name__ == "__main__":
    main()
