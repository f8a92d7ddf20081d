"""异常提醒: who looks at more than the work needs is told to compliance, once a day, and who answers leaves a note."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.bank import Bank, a_bank
from yinke.access.models import Alert, AuditEntry
from yinke.access.services.alerts import Look, find, sweep
from yinke.nightly.housekeeping import keep_house

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
RULES: dict[str, Any] = {
    "alert.reveals_per_hour": 20, "alert.office_opens": 7, "alert.office_closes": 21, "alert.numbers_per_hour": 10,
    "alert.ids_in_a_row": 8,
}  # fmt: skip
NOON = datetime(2026, 10, 30, 12, tzinfo=SHANGHAI)


def looks(
    count: int, action: str = "customer.reveal", *, start: datetime = NOON, every: float = 1, step: int = 7
) -> list[Look]:
    """So many looks, one every so many minutes, at customers so far apart."""
    return [
        Look(n + 1, 1, start + timedelta(minutes=n * every), action, 100 + n * step, f"{action} {n}") for n in range(count)
    ]  # fmt: skip


def kinds(those: list[Look]) -> dict[str, int]:
    return {found.kind: found.count for found in find(those, RULES)}


def test_more_than_the_hours_reveals_raise_an_alert() -> None:
    assert kinds(looks(20)) == {}
    assert kinds(looks(21)) == {"MANY_REVEALS": 21}
    assert kinds(looks(60, start=NOON.replace(hour=8), every=10)) == {}


def test_a_reveal_off_hours_raises_an_alert() -> None:
    for hour, off in ((6, True), (7, False), (20, False), (21, True), (23, True), (0, True)):
        at = datetime(2026, 10, 30, hour, 59, tzinfo=SHANGHAI).astimezone(UTC)
        assert kinds(looks(1, start=at)) == ({"OFF_HOURS": 1} if off else {}), hour


def test_many_whole_numbers_within_an_hour_raise_an_alert() -> None:
    mixed = looks(6, "customer.lookup") + looks(5, "customer.search", start=NOON + timedelta(minutes=30))
    assert kinds(mixed) == {"MANY_NUMBERS": 11}
    assert kinds(looks(10, "customer.lookup")) == {}


def test_the_same_number_asked_again_is_no_other_number() -> None:
    again = [Look(n, 1, NOON + timedelta(minutes=n), "customer.search", None, f"{n % 10}") for n in range(50)]
    assert kinds(again) == {}
    assert kinds([*again, *looks(1, "customer.lookup", start=NOON + timedelta(minutes=50))]) == {
        "MANY_NUMBERS": 11
    }


@pytest.mark.parametrize("step", [1, -1])
def test_customers_one_after_the_other_raise_an_alert(step: int) -> None:
    assert kinds(looks(8, step=step)) == {"IDS_IN_A_ROW": 8}
    assert kinds(looks(7, step=step)) == {}
    assert kinds(looks(8, step=step * 2)) == {}
    assert kinds(looks(8, step=step, every=61)) == {}


@given(
    st.lists(
        st.tuples(st.integers(0, 180), st.integers(1, 12), st.sampled_from(["customer.reveal", "customer.lookup"])),
        max_size=40,
    )
)  # fmt: skip
def test_the_rules_are_those_of_a_plain_count(drawn: list[tuple[int, int, str]]) -> None:
    those = [
        Look(n, 1, NOON + timedelta(minutes=minute), action, customer, str(n))
        for n, (minute, customer, action) in enumerate(sorted(drawn, key=lambda d: d[0]))
    ]
    hour = timedelta(hours=1)

    def busiest(action: str) -> int:
        own = [look for look in those if look.action == action]
        return max((sum(0 <= (b.at - a.at).total_seconds() < 3600 for b in own) for a in own), default=0)

    first: dict[int, datetime] = {}
    for look in those:
        first.setdefault(look.customer or 0, look.at)
    longest = 0
    for start in first:
        length = 1
        while start + length in first and abs(first[start + length] - first[start + length - 1]) < hour:
            length += 1
        longest = max(longest, length)
    rules = {**RULES, "alert.reveals_per_hour": 6, "alert.numbers_per_hour": 4, "alert.ids_in_a_row": 3}
    expected = {}
    if busiest("customer.reveal") > 6:
        expected["MANY_REVEALS"] = busiest("customer.reveal")
    if busiest("customer.lookup") > 4:
        expected["MANY_NUMBERS"] = busiest("customer.lookup")
    if longest >= 3 and those:
        expected["IDS_IN_A_ROW"] = longest
    assert {found.kind: found.count for found in find(those, rules)} == expected


@pytest.fixture
def bank() -> Bank:
    bank = (
        a_bank()
        .with_staff("合规", "COMPLIANCE")
        .with_staff("审计员", "AUDITOR")
        .with_staff("安全", "SEC_ADMIN")
    )
    bank.with_branch("静安").with_staff("静安合规", "COMPLIANCE").with_branch("徐汇").with_manager("李")
    for number in range(12):
        bank.with_customer(f"客户{number}", id=500 + number)
    return bank


def search_for(bank: Bank, count: int, first: int = 0) -> None:
    client = bank.client("李")
    for number in range(first, first + count):
        assert client.get("/api/customers", {"q": f"139{number:08}"}).status_code == 200


def shown(bank: Bank, who: str = "合规", **query: Any) -> list[dict[str, Any]]:
    return bank.client(who).get("/api/alerts", query).json()["rows"]  # type: ignore[no-any-return]


def test_scanning_numbers_comes_before_compliance_audit_and_security(bank: Bank) -> None:
    search_for(bank, 11)
    for who in ("合规", "审计员", "安全"):
        (alert,) = shown(bank, who)
        assert (alert["kind"], alert["user"], alert["count"], alert["org"]) == (
            "MANY_NUMBERS",
            "李",
            11,
            "徐汇",
        )
        assert alert["may_acknowledge"] == (who != "审计员")
    assert shown(bank, "静安合规") == []
    assert bank.client("李").get("/api/alerts").status_code == 403


def test_the_worker_raises_them_too(bank: Bank) -> None:
    search_for(bank, 11)
    assert keep_house(0).startswith("1 alerts")
    assert keep_house(0).startswith("0 alerts")
    assert Alert.objects.count() == 1


def acknowledge(bank: Bank, alert: int, note: str, who: str = "合规") -> Any:
    return bank.client(who).post(
        f"/api/alerts/{alert}/acknowledge", {"note": note}, content_type="application/json"
    )


def test_who_acknowledges_leaves_a_note_and_more_opens_it_again(bank: Bank) -> None:
    search_for(bank, 11)
    (alert,) = shown(bank)
    assert acknowledge(bank, alert["id"], "  ").json()["code"] == "text_missing"
    assert acknowledge(bank, alert["id"], "已电话核实", "审计员").status_code == 403
    assert acknowledge(bank, alert["id"], "已电话核实", "静安合规").status_code == 404
    assert acknowledge(bank, alert["id"], "已电话核实").json()["acknowledged_by"] == "合规"
    entry = AuditEntry.objects.order_by("-id")[0]
    assert (entry.action, entry.object_id, entry.reason) == (
        "alert.acknowledge",
        str(alert["id"]),
        "已电话核实",
    )
    assert shown(bank) == []
    assert [row["note"] for row in shown(bank, done=True)] == ["已电话核实"]
    search_for(bank, 11)
    assert shown(bank) == []  # the same numbers
    search_for(bank, 1, first=11)
    (again,) = shown(bank)
    assert (again["id"], again["count"], again["note"]) == (alert["id"], 12, "已电话核实")


def test_old_entries_raise_nothing_and_a_day_is_shanghais(bank: Bank) -> None:
    search_for(bank, 11)
    assert sweep(timezone.now() + timedelta(days=4)) == 0
    sweep()
    alert = Alert.objects.get()
    assert alert.day == timezone.localdate() != date.min
