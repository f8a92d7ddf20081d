"""查找客户: the same person by each key, nobody outside the scope, and no more than an outlet's name beyond it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank import Bank, a_bank
from yinke.access.models import AuditEntry
from yinke.customers.models import Customer
from yinke.customers.names import initials, syllables
from yinke.customers.search import search, splits
from yinke.customers.services import look_up as looking
from yinke.customers.syllables import SYLLABLES

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Bank:
    return (
        a_bank().with_branch("静安").with_manager("王").with_customer("解小龙", mobile="13600001111", cert_no="E12345678")
        .with_branch("徐汇").with_manager("李")
        .with_customer("张三丰", mobile="13911112222", cert_no="310101199001011234")
        .with_customer("单小雨", mobile="13933335678", cert_no="11010519491231003X")
        .with_customer("欧阳晓晓", mobile="13933334444").with_customer("吕布", mobile="13933334445")
        .with_customer("JOHN SMITH", mobile="13933334446").with_customer("曾国藩", mobile="13933334447")
    )  # fmt: skip


def found(bank: Bank, q: str, who: str = "李") -> list[str]:
    answer = bank.client(who).get("/api/customers", {"q": q, "sort": "name"})
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["rows"]]


@pytest.mark.parametrize(
    ("q", "who"),
    [
        ("张", "张三丰"), ("张三", "张三丰"), ("张三丰", "张三丰"), ("欧阳晓晓", "欧阳晓晓"), ("欧阳晓", "欧阳晓晓"),
        ("zhangsanfeng", "张三丰"), ("zhang san feng", "张三丰"), ("Zhang San", "张三丰"), ("zhangs", "张三丰"),
        ("zhan", "张三丰"), ("zsf", "张三丰"), ("ZS", "张三丰"), ("ouyangxiaoxiao", "欧阳晓晓"), ("ouyangx", "欧阳晓晓"),
        ("shanxiaoyu", "单小雨"), ("danxiaoyu", "单小雨"), ("chan xiao", "单小雨"), ("dxy", "单小雨"), ("sxy", "单小雨"),
        ("zengguofan", "曾国藩"), ("cengguofan", "曾国藩"), ("cgf", "曾国藩"), ("lvbu", "吕布"), ("lü bu", "吕布"),
        ("john smith", "JOHN SMITH"), ("john", "JOHN SMITH"), ("2222", "张三丰"), ("1234", "张三丰"), ("003x", "单小雨"),
        ("5678", "单小雨"), ("13911112222", "张三丰"), ("C00000002", "张三丰"),
    ],
)  # fmt: skip
def test_a_person_is_found_by(bank: Bank, q: str, who: str) -> None:
    assert found(bank, q) == [who]


@pytest.mark.parametrize(
    "q",
    [
        "zhangsi",
        "zhangsangfeng",
        "xiaoyu",
        "3911",
        "111",
        "11112222",
        "阳",
        "解",
        "xie",
        "13600001111",
        "x" * 60,
    ],
)
def test_nobody_is_found_by(bank: Bank, q: str) -> None:
    assert found(bank, q) == []


_HAN = st.sampled_from("张王李赵单解曾仇乐晓小丽明伟芳吕女安西先翟盛种员娜雨龙国")
_NAMES = st.text(_HAN, min_size=2, max_size=4)


@settings(max_examples=40)
@given(st.lists(_NAMES, min_size=1, max_size=6, unique=True), st.data())
def test_the_same_person_is_found_by_every_key_and_only_within_the_scope(
    names: list[str], data: st.DataObject
) -> None:
    with transaction.atomic():
        bank = a_bank().with_branch("静安").with_manager("王").with_branch("徐汇").with_manager("李")
        for number, name in enumerate(names):
            mine = data.draw(st.booleans())
            bank.with_customer(
                name,
                of="李" if mine else "王",
                mobile=f"1391234{number:04}",
                cert_no=f"31010119900101{number:04}",
            )
        customer = bank.customers[data.draw(st.sampled_from(names))]
        name = next(n for n, c in bank.customers.items() if c.id == customer.id)
        mobile = f"1391234{names.index(name):04}"
        read = "".join(syllables(name))
        keys = [
            name, *[name[:n] for n in range(1, min(len(name), 3) + 1)], read, initials(name),
            read[: data.draw(st.integers(1, len(read)))], " ".join(syllables(name)), mobile, mobile[-4:],
            customer.cust_no, f"31010119900101{names.index(name):04}",
        ]  # fmt: skip
        for viewer in (bank.viewer("李"), bank.viewer("王")):
            from yinke.customers.queries import visible

            scope = set(visible(viewer).values_list("id", flat=True))
            for key in keys:
                hits = set(search(visible(viewer), key).values_list("id", flat=True))
                assert hits <= scope
                assert (customer.id in hits) == (customer.id in scope), (name, key)
        everybody = search(Customer.objects.all(), name).values_list("id", flat=True)
        assert set(everybody) == {customer.id}
        transaction.set_rollback(True)


@given(st.lists(st.sampled_from(sorted(SYLLABLES)), min_size=1, max_size=5), st.data())
def test_letters_are_split_at_every_syllable_wherever_they_break_off(
    read: list[str], data: st.DataObject
) -> None:
    assert (read, "") in list(splits("".join(read))) or len(list(splits("".join(read)))) == 64
    cut = data.draw(st.integers(1, len(read[-1])))
    begun = "".join(read[:-1]) + read[-1][:cut]
    whole = {"".join(parts) + rest for parts, rest in splits(begun)}
    assert whole == {begun}


def test_no_name_reading_or_tail_stands_in_the_clear(bank: Bank) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_customer::text FROM customers_customer")
        text = " ".join(row[0] for row in cursor.fetchall())
    for plain in ("张三", "zhang", "sanfeng", "13911112222", "2222,", "003X", "三丰"):
        assert plain not in text


class TestElsewhere:
    def ask(self, client: Client, q: str) -> Any:
        return client.post("/api/customers/look-up", {"q": q}, content_type="application/json")

    @pytest.mark.parametrize("q", ["13600001111", "+86 136-0000-1111", "e12345678"])
    def test_a_whole_number_tells_the_outlet_and_nothing_else(self, bank: Bank, q: str) -> None:
        answer = self.ask(bank.client("李"), q)
        assert answer.json() == {"org_name": "静安"}
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_id, entry.user) == (
            "customer.lookup", str(bank.customers["解小龙"].id), bank.staff["李"],
        )  # fmt: skip
        assert q not in f"{entry.reason} {entry.object_id}"

    def test_a_number_that_nobody_has_tells_so_and_is_accounted_for(self, bank: Bank) -> None:
        assert self.ask(bank.client("李"), "13699999999").json() == {"org_name": None}
        assert AuditEntry.objects.get().object_id == ""

    @pytest.mark.parametrize("q", ["1360000111", "解小龙", "1111", "xie", ""])
    def test_less_than_a_whole_number_is_refused_and_leaves_nothing(self, bank: Bank, q: str) -> None:
        assert self.ask(bank.client("李"), q).json()["code"] == "no_whole_number"
        assert not AuditEntry.objects.exists()

    def test_a_closed_customer_is_nobodys(self, bank: Bank) -> None:
        Customer.objects.filter(id=bank.customers["解小龙"].id).update(status="CLOSED")
        assert self.ask(bank.client("李"), "13600001111").json() == {"org_name": None}

    def test_after_the_hours_number_it_waits(self, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
        client = bank.client("李")
        limit = 20
        for _ in range(limit):
            assert self.ask(client, "13600001111").status_code == 200
        refused = self.ask(client, "13600001111")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_lookups")
        assert AuditEntry.objects.filter(action=looking.LOOKUP).count() == limit
        assert self.ask(bank.client("王"), "13911112222").json() == {"org_name": "徐汇"}

    def test_a_search_by_a_whole_number_leaves_an_entry_other_searches_none(self, bank: Bank) -> None:
        for q in ("zsf", "张三丰", "2222", "13911112222", "310101199001011234"):
            found(bank, q)
        assert [e.reason.split()[0] for e in AuditEntry.objects.order_by("id")] == ["mobile", "cert"]
