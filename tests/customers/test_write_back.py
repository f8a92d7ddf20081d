"""After a night PostgreSQL holds what the lake holds, and only what changed has moved."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank import a_day
from yinke.access.models import Org, User
from yinke.access.services import sync_orgs, sync_staff
from yinke.common.crypto import decrypt
from yinke.common.errors import YinkeError
from yinke.customers.averages import averages
from yinke.customers.models import Assignment, Customer, Metrics, ProfileChange, TierChange
from yinke.customers.services.write_back import Written, write_back
from yinke.lake.store import Day, Lake

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 10, 30)

ORGS = [
    {"org_no": "1", "name": "总行", "level": 1, "status": "OPEN"},
    {"org_no": "11", "parent_no": "1", "name": "徐汇支行", "level": 4, "status": "OPEN"},
    {"org_no": "12", "parent_no": "1", "name": "静安支行", "level": 4, "status": "OPEN"},
]
STAFF = [
    {"emp_no": "E1", "name": "李经理", "org_no": "11", "post": "RM", "status": "ACTIVE"},
    {"emp_no": "E2", "name": "王经理", "org_no": "11", "post": "RM", "status": "ACTIVE"},
]


def customer(cust_id: int, **fields: Any) -> dict[str, Any]:
    return {
        "cust_id": cust_id, "cust_no": f"C{cust_id:05}", "name": "张三丰", "cert_no": "11010519491231002X",
        "mobile": f"1380000{cust_id:04}", "open_org": "11", "open_date": date(2020, 1, 1), "status": "NORMAL",
        "manager_no": "E1", **fields,
    }  # fmt: skip


def snapshot(cust_id: int, aum: Decimal | int = 1000, *, on: date = FRIDAY, **fields: Any) -> dict[str, Any]:
    """A customer whose AUM has been the same for ever."""
    money = Decimal(aum)
    quarter = on.replace(month=(on.month - 1) // 3 * 3 + 1, day=1)
    return {
        "cust_id": cust_id, "aum": money, "demand": money, "lum": 0, "sum_m": money * on.day,
        "sum_q": money * ((on - quarter).days + 1), "sum_y": money * on.timetuple().tm_yday,
        "aum_month_start": money, "aum_year_start": money, **{f"mda_m{n}": money for n in range(1, 13)},
        "tier": 0, "tier_asset": 0, "stage": "STABLE", "categories": 1, **fields,
    }  # fmt: skip


class Night:
    """Publishes days of a lake and writes them back, each against the one before."""

    def __init__(self, folder: Path) -> None:
        self.lake = Lake(folder)
        self.since: Day | None = None

    def publish(
        self, on: date, customers: list[dict[str, Any]], snapshots: list[dict[str, Any]], **more: Any
    ) -> Day:
        tables = {"org": ORGS, "staff": STAFF, "customer": customers, "snapshot": snapshots, **more}
        return a_day(self.lake, on, **tables)

    def write(self, day: Day) -> Written:
        sync_orgs(day)
        sync_staff(day)
        written = write_back(day, self.since, day.biz_date)
        self.since = day
        return written

    def run(
        self, on: date, customers: list[dict[str, Any]], snapshots: list[dict[str, Any]], **more: Any
    ) -> Written:
        return self.write(self.publish(on, customers, snapshots, **more))


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(tmp_path)


def test_the_first_night_brings_every_customer(night: Night) -> None:
    written = night.run(
        FRIDAY, [customer(1), customer(2, manager_no=None)], [snapshot(1, 5_000), snapshot(2)]
    )
    assert written == Written(2, 2, 1)
    row = Customer.objects.select_related("metrics", "org").get(id=1)
    assert (decrypt(row.name_sealed), decrypt(row.mobile_sealed), row.pinyin) == (
        "张三丰",
        "13800000001",
        "zsf",
    )
    assert (row.org.org_no, row.metrics.aum, row.metrics.as_of) == ("11", Decimal(5000), FRIDAY)
    assert row.metrics.months == [Decimal(5000)] * 12
    assert row.metrics.mix == [Decimal(5000), *[Decimal(0)] * 7]
    assert [a.user.emp_no for a in Assignment.objects.filter(end_date=None)] == ["E1"]


def test_an_unmoved_customer_is_not_written_again_even_at_a_months_turn(night: Night) -> None:
    night.run(FRIDAY, [customer(1), customer(2)], [snapshot(1), snapshot(2)])
    monday = date(2026, 11, 2)
    moved = snapshot(2, on=monday, aum=2_000, demand=2_000)
    assert night.run(monday, [customer(1), customer(2)], [snapshot(1, on=monday), moved]) == Written(0, 1, 0)
    assert dict(Metrics.objects.values_list("customer_id", "as_of")) == {1: FRIDAY, 2: monday}
    assert averages(Metrics.objects.get(customer_id=1), monday).mda == Decimal(1000)


def test_a_balance_that_moved_and_came_back_is_written_because_its_sums_differ(night: Night) -> None:
    night.run(FRIDAY, [customer(1)], [snapshot(1)])
    sunday = FRIDAY + timedelta(days=2)
    month_later = snapshot(1, on=sunday, mda_m1=Decimal("1032.26"))  # a day at 2,000 in October
    assert night.run(sunday, [customer(1)], [month_later]).metrics_written == 1


def test_the_same_day_twice_changes_nothing(night: Night) -> None:
    day = night.publish(FRIDAY, [customer(1), customer(2)], [snapshot(1), snapshot(2)])
    night.write(day)
    before = list(Customer.objects.values("id", "name_sealed", "digest"))
    assert write_back(day, day, FRIDAY) == Written(0, 0, 0)
    again = write_back(day, None, FRIDAY)  # nothing known of what PostgreSQL holds
    assert (again.customers_written, again.assignments) == (0, 0)
    assert [{**row} for row in Customer.objects.values("id", "name_sealed", "digest")] == before


def test_a_new_manager_ends_the_old_assignment_and_begins_one(night: Night) -> None:
    night.run(FRIDAY, [customer(1)], [snapshot(1)])
    saturday = FRIDAY + timedelta(days=1)
    assert night.run(saturday, [customer(1, manager_no="E2")], [snapshot(1, on=saturday)]).assignments == 2
    rows = Assignment.objects.order_by("id").values_list("user__emp_no", "start_date", "end_date")
    assert list(rows) == [("E1", FRIDAY, saturday), ("E2", saturday, None)]


def test_a_manager_who_leaves_keeps_the_customers_until_they_are_handed_over(night: Night) -> None:
    night.run(FRIDAY, [customer(1), customer(2)], [snapshot(1), snapshot(2)])
    saturday, sunday = (FRIDAY + timedelta(days=n) for n in (1, 2))
    left = [{**STAFF[0], "status": "LEFT"}, STAFF[1]]
    night.run(saturday, [customer(1), customer(2)], [snapshot(n, on=saturday) for n in (1, 2)], staff=left)
    assert not User.objects.get(emp_no="E1").is_active
    held = Assignment.objects.filter(end_date=None).order_by("customer_id")
    assert list(held.values_list("customer_id", "user__emp_no")) == [(1, "E1"), (2, "E1")]
    named = [customer(1, manager_no="E2"), customer(2, manager_no=None)]
    night.run(sunday, named, [snapshot(n, on=sunday) for n in (1, 2)], staff=left)
    assert list(held.values_list("customer_id", "user__emp_no")) == [(1, "E2")]


def test_an_unknown_manager_means_the_pool_until_the_staff_file_names_them(night: Night) -> None:
    night.run(FRIDAY, [customer(1, manager_no="E9")], [snapshot(1)])
    assert not Assignment.objects.exists()
    saturday = FRIDAY + timedelta(days=1)
    joined = [*STAFF, {**STAFF[0], "emp_no": "E9"}]
    night.run(saturday, [customer(1, manager_no="E9")], [snapshot(1, on=saturday)], staff=joined)
    assert Assignment.objects.get(end_date=None).user.emp_no == "E9"


def test_a_co_manager_who_becomes_the_main_one_is_not_assigned_twice(night: Night) -> None:
    night.run(FRIDAY, [customer(1)], [snapshot(1)])
    Assignment.objects.create(
        customer_id=1, user=User.objects.get(emp_no="E2"), rel_type="CO", start_date=FRIDAY
    )
    saturday = FRIDAY + timedelta(days=1)
    night.run(saturday, [customer(1, manager_no="E2")], [snapshot(1, on=saturday)])
    active = Assignment.objects.filter(end_date=None).values_list("user__emp_no", "rel_type")
    assert list(active) == [("E2", "MAIN")]


def test_customers_of_a_closed_org_go_to_the_one_that_takes_over(night: Night) -> None:
    night.run(FRIDAY, [customer(1)], [snapshot(1)])
    saturday = FRIDAY + timedelta(days=1)
    merged = [ORGS[0], {**ORGS[1], "status": "CLOSED", "successor_no": "12"}, ORGS[2]]
    night.run(saturday, [customer(1)], [snapshot(1, on=saturday)], org=merged)
    assert Customer.objects.get(id=1).org.org_no == "12"
    assert not Org.objects.get(org_no="11").is_open


def test_a_customer_the_bank_no_longer_lists_is_closed_and_kept(night: Night) -> None:
    night.run(FRIDAY, [customer(1), customer(2)], [snapshot(1), snapshot(2)])
    saturday = FRIDAY + timedelta(days=1)
    night.run(saturday, [customer(1)], [snapshot(1, on=saturday)])
    assert dict(Customer.objects.values_list("id", "status")) == {1: "NORMAL", 2: "CLOSED"}


def test_a_tier_change_is_kept_for_the_timeline_and_a_correction_takes_it_back(night: Night) -> None:
    changed = {"tier": 3, "tier_before": 2, "tier_changed": FRIDAY}
    night.run(FRIDAY, [customer(1)], [snapshot(1, **changed)])
    assert list(TierChange.objects.values_list("on_date", "tier_from", "tier_to")) == [(FRIDAY, 2, 3)]
    night.run(FRIDAY, [customer(1)], [snapshot(1, tier=2)])
    assert not TierChange.objects.exists()


def test_an_org_that_nobody_knows_is_refused_with_a_remedy(night: Night) -> None:
    with pytest.raises(YinkeError, match="99"):
        night.run(FRIDAY, [customer(1, open_org="99")], [snapshot(1)])
    assert not Customer.objects.exists()


def test_names_numbers_and_certificates_are_nowhere_in_the_clear(night: Night) -> None:
    night.run(FRIDAY, [customer(1, name="欧阳晓晓", mobile="13912345678")], [snapshot(1)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM customers_customer c")
        (text,) = cursor.fetchone()
        cursor.execute(
            "SELECT encode(name_sealed || mobile_sealed || cert_sealed, 'escape') FROM customers_customer"
        )
        (sealed,) = cursor.fetchone()
    for secret in ("欧阳晓晓", "晓晓", "13912345678", "12345678", "11010519491231002X", "19491231"):
        assert secret not in text
        assert secret.encode().hex() not in text
        assert secret not in sealed


amounts = st.integers(0, 10**7).map(lambda cents: Decimal(cents) / 100)
states = st.fixed_dictionaries({
    "aum": amounts, "stage": st.sampled_from(["STABLE", "NEW"]), "tier": st.integers(0, 2),
    "manager_no": st.sampled_from(["E1", "E2", "E9", None]), "mobile": st.sampled_from(["13800000001", None]),
    "open_org": st.sampled_from(["11", "12"]),
})  # fmt: skip
populations = st.dictionaries(st.integers(1, 6), states, min_size=1)


@settings(max_examples=12)
@given(populations, populations, st.integers(1, 40))
def test_writing_the_difference_equals_writing_all_anew(
    tmp_path_factory: pytest.TempPathFactory, first: dict[int, Any], second: dict[int, Any], gap: int
) -> None:
    """Two nights one after the other leave what the second alone leaves (but for those no longer listed)."""
    night = Night(tmp_path_factory.mktemp("lake"))
    later = FRIDAY + timedelta(days=gap)
    for table in (TierChange, Assignment, Metrics, Customer):
        table.objects.all().delete()

    def rows(population: dict[int, Any], on: date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        profile = ("manager_no", "mobile", "open_org")
        return (
            [customer(i, **{k: s[k] for k in profile}) for i, s in population.items()],
            [snapshot(i, s["aum"], on=on, stage=s["stage"], tier=s["tier"]) for i, s in population.items()],
        )

    def held() -> dict[int, Any]:
        return {
            c.id: (
                decrypt(c.name_sealed), decrypt(c.mobile_sealed), c.mobile_index and bytes(c.mobile_index),
                c.org.org_no, c.metrics.aum, c.metrics.stage, c.metrics.tier, averages(c.metrics, later),
                sorted(c.assignments.filter(end_date=None).values_list("user__emp_no", "rel_type")),
            )
            for c in Customer.objects.filter(id__in=second).select_related("metrics", "org")
        }  # fmt: skip

    night.run(FRIDAY, *rows(first, FRIDAY))
    day = night.publish(later, *rows(second, later))
    written = night.write(day)
    by_difference = held()
    assert written.customers_written <= len(set(first) | set(second))
    write_back(day, None, later)
    by_rewriting = held()
    for table in (TierChange, Assignment, Metrics, Customer):
        table.objects.all().delete()
    write_back(day, None, later)
    assert by_difference == by_rewriting == held()


def noted() -> list[tuple[Any, ...]]:
    """What was noted, without the id."""
    rows = ProfileChange.objects.order_by("customer_id", "on_date", "field")
    return list(rows.values_list("customer_id", "on_date", "field", "before", "after"))


def test_fields_that_changed_are_noted_masked_and_new_customers_changed_nothing(night: Night) -> None:
    night.run(
        FRIDAY,
        [customer(1, address="上海市徐汇区漕溪路1号", risk_level="C2"), customer(2)],
        [snapshot(1), snapshot(2)],
    )
    assert noted() == []
    saturday = FRIDAY + timedelta(days=1)
    moved = customer(1, mobile="13911112222", address="北京市海淀区中关村5号", risk_level="C3", open_org="12")
    night.run(
        saturday, [moved, customer(2), customer(3)], [snapshot(1, stage="GROWING"), snapshot(2), snapshot(3)]
    )
    assert noted() == [
        (1, saturday, "address", "上海市徐汇区****", "北京市海淀区****"),
        (1, saturday, "mobile", "138****0001", "139****2222"),
        (1, saturday, "open_org", "徐汇支行", "静安支行"),
        (1, saturday, "risk_level", "C2", "C3"),
        (1, saturday, "stage", "STABLE", "GROWING"),
    ]


def test_a_correction_of_the_day_keeps_what_was_before_it(night: Night) -> None:
    night.run(FRIDAY, [customer(1, risk_level="C1")], [snapshot(1)])
    saturday = FRIDAY + timedelta(days=1)
    night.run(saturday, [customer(1, risk_level="C3")], [snapshot(1)])
    night.run(saturday, [customer(1, risk_level="C4")], [snapshot(1)])
    night.write(night.since)  # the same again: nothing more
    assert noted() == [(1, saturday, "risk_level", "C1", "C4")]


def test_no_number_of_a_person_is_kept_whole_among_the_changes(night: Night) -> None:
    secrets = {"name": "欧阳晓晓", "mobile": "13911112222", "tel": "02164335566", "cert_no": "31010119900307123X",
               "address": "上海市徐汇区漕溪路99号", "employer": "江城机械有限公司"}  # fmt: skip
    night.run(FRIDAY, [customer(1)], [snapshot(1)])
    night.run(FRIDAY + timedelta(days=1), [customer(1, **secrets)], [snapshot(1)])
    assert {field for _, _, field, _, _ in noted()} == set(secrets)
    kept = str(noted())
    assert not [value for value in secrets.values() if value in kept]
