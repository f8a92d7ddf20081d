"""数据导出: no file without a purpose, others' approval and an end; and no other door lets so much out."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import msoffcrypto
import pytest
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.access.test_rights import OPERATIONS, SENT, SIGNED, door
from tests.bank import Bank, a_bank
from yinke.access.models import AuditEntry, Role
from yinke.access.viewer import RIGHTS
from yinke.customers.list_models import ExportRequest
from yinke.customers.models import Customer
from yinke.customers.services import export
from yinke.customers.services.export_file import read_mark

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(export, "_folder", lambda: tmp_path / "exports")
    return tmp_path / "exports"


def a_big_bank(customers: int = 4) -> Bank:
    bank = (
        a_bank()
        .with_staff("合规甲", "COMPLIANCE")
        .with_staff("运营甲", "HQ_OPS")
        .with_staff("运营乙", "HQ_OPS")
    )
    bank.with_org("分行", level=2).with_staff("零售甲", "RETAIL_MGR").with_branch(
        "静安", under="分行"
    ).with_head("静安行长")
    bank.with_manager("王").with_customer("外人", mobile="13800000000")
    bank.with_branch("徐汇", under="分行").with_head("陈").with_manager("李")
    for number in range(customers):
        bank.with_customer(f"=客户{number}", mobile=f"139{number:08}")
    return bank


@pytest.fixture
def bank() -> Bank:
    return a_big_bank()


def post(bank: Bank, who: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return bank.client(who).post(f"/api/exports{path}", body or {}, content_type="application/json")


def ask(bank: Bank, who: str = "陈", **more: Any) -> dict[str, Any]:
    body = {
        "purpose": "季度回访", "recipient": "本行客户经理", "fields": ["cust_no", "name", "mobile", "aum"], "query": {},
        **more,
    }  # fmt: skip
    answer = post(bank, who, "", body)
    assert answer.status_code == 200, answer.content
    return answer.json()  # type: ignore[no-any-return]


def decide(bank: Bank, who: str, asked: dict[str, Any], approve: bool = True, note: str = "") -> Any:
    return post(
        bank, who, f"/{asked['id']}/decide", {"approve": approve, "rows": asked["rows"], "note": note}
    )


def made(bank: Bank, who: str = "陈", **more: Any) -> tuple[dict[str, Any], str]:
    asked = ask(bank, who, **more)
    assert decide(bank, "零售甲" if who == "陈" else "运营乙", asked).status_code == 200
    if asked["compliance"]:
        assert decide(bank, "合规甲", asked).json()["status"] == "APPROVED"
    answer = post(bank, who, f"/{asked['id']}/make").json()
    return answer["export"], answer["password"]


def download(bank: Bank, export_id: int, who: str = "陈") -> Any:
    return bank.client(who).get(f"/api/exports/{export_id}/file")


def opened(content: bytes, password: str) -> zipfile.ZipFile:
    book = msoffcrypto.OfficeFile(io.BytesIO(content))
    book.load_key(password=password, verify_password=True)
    plain = io.BytesIO()
    book.decrypt(plain, verify_integrity=True)
    return zipfile.ZipFile(plain)


def cells(content: bytes, password: str) -> list[list[Any]]:
    """The second sheet, read without the library that wrote it."""
    book = opened(content, password)
    strings = [
        re.sub(r"<[^>]+>", "", item)
        for item in re.findall(r"<si>(.*?)</si>", book.read("xl/sharedStrings.xml").decode(), re.DOTALL)
    ]
    sheet = book.read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in sheet  # no formula
    rows = []
    for row in re.findall(r"<row [^>]*>(.*?)</row>", sheet, re.DOTALL):
        found = re.findall(r"<c [^>]*?(t=\"s\")?\s*><v>(.*?)</v></c>", row)
        rows.append([strings[int(value)] if text else float(value) for text, value in found])
    return rows


def test_a_file_comes_out_with_masked_data_and_its_marks(bank: Bank, home: Path) -> None:
    asked, password = made(bank)
    answer = download(bank, asked["id"])
    assert answer.status_code == 200
    titles, *rows = cells(answer.content, password)
    assert titles == ["客户号", "姓名", "手机号", "AUM", "管户机构"]
    assert len(rows) == asked["rows"] == 4
    assert rows[0][:4] == ["C00000002", "'=**0", "139****0000", 600000.0]
    for number, row in enumerate(rows, 1):
        assert read_mark(row[-1]) == (asked["id"], number)
        assert row[-1].startswith("徐汇")
    who = ExportRequest.objects.get(id=read_mark(rows[2][-1])[0]).requester  # type: ignore[index]
    assert who == bank.staff["陈"]
    book = opened(answer.content, password)
    about = book.read("xl/sharedStrings.xml").decode()
    header = book.read("xl/worksheets/sheet2.xml").decode()
    for text in (f"陈 {bank.staff['陈'].emp_no}", f"申请号 {asked['id']}"):
        assert text in about
        assert text in header
    assert "季度回访" in about
    (stored,) = home.glob("*.bin")
    assert b"PK\x03\x04" not in stored.read_bytes()[:64]
    assert stored.read_bytes()[12:20] != answer.content[:8]  # encrypted once more at rest


def test_a_wrong_password_opens_nothing(bank: Bank) -> None:
    asked, password = made(bank)
    content = download(bank, asked["id"]).content
    book = msoffcrypto.OfficeFile(io.BytesIO(content))
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        book.load_key(password=password.swapcase(), verify_password=True)


def test_plain_numbers_need_compliance_and_then_are_plain(bank: Bank) -> None:
    asked = ask(bank, plain=["mobile", "name"])
    assert asked["compliance"]
    assert decide(bank, "合规甲", asked).status_code == 403  # not before the head
    assert decide(bank, "零售甲", asked).json()["status"] == "CHECKED"
    assert post(bank, "陈", f"/{asked['id']}/make").json()["code"] == "export_moved"
    assert decide(bank, "合规甲", asked).json()["status"] == "APPROVED"
    answer = post(bank, "陈", f"/{asked['id']}/make").json()
    rows = cells(download(bank, asked["id"]).content, answer["password"])[1:]
    assert [row[2] for row in rows] == [f"139{number:08}" for number in range(4)]
    assert rows[1][1] == "'=客户1"


def test_many_rows_need_compliance(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = {**export.rules(), "export.compliance_rows": 4}
    monkeypatch.setattr(export, "rules", lambda: rules)
    assert not ask(bank)["compliance"]
    bank.with_customer("第五")
    assert ask(bank)["compliance"]


def test_head_office_gets_bands_and_its_own_colleague_approves(bank: Bank) -> None:
    asked, password = made(bank, "运营甲", plain=["name"])
    rows = cells(download(bank, asked["id"], "运营甲").content, password)[1:]
    assert len(rows) == 5
    assert {row[3] for row in rows} == {500000.0}


def test_nobody_approves_their_own_nor_outside_their_orgs(bank: Bank) -> None:
    asked = ask(bank)
    assert decide(bank, "陈", asked).status_code == 403
    assert decide(bank, "静安行长", asked).status_code == 404
    assert decide(bank, "李", asked).status_code == 403
    hq = ask(bank, "运营甲")
    assert decide(bank, "运营甲", hq).status_code == 403
    assert decide(bank, "零售甲", hq).status_code == 404  # below the requester
    assert decide(bank, "运营乙", hq).json()["status"] == "APPROVED"
    with pytest.raises(Exception, match="export_checker"), transaction.atomic():
        ExportRequest.objects.filter(id=asked["id"]).update(checked_by=bank.staff["陈"])


def test_the_list_shows_each_what_is_theirs(bank: Bank) -> None:
    asked = ask(bank)
    seen = {
        who: {
            part: [row["id"] for row in bank.client(who).get("/api/exports").json()[part]]
            for part in ("mine", "waiting", "decided")
        }
        for who in ("陈", "零售甲", "静安行长", "合规甲", "运营甲")
    }
    one, none = [asked["id"]], {"mine": [], "waiting": [], "decided": []}
    assert seen == {
        "陈": {**none, "mine": one}, "零售甲": {**none, "waiting": one}, "静安行长": none, "合规甲": none,
        "运营甲": {**none, "waiting": one},
    }  # fmt: skip


def test_more_customers_than_approved_send_it_back(bank: Bank, home: Path) -> None:
    asked = ask(bank)
    decide(bank, "零售甲", asked)
    bank.with_customer("新来的")
    answer = post(bank, "陈", f"/{asked['id']}/make").json()
    assert answer["password"] is None
    assert (answer["export"]["status"], answer["export"]["rows"], answer["export"]["rows_changed"]) == (
        "SUBMITTED", 5, True,
    )  # fmt: skip
    assert not list(home.glob("*"))
    assert decide(bank, "零售甲", asked).json()["code"] == "export_moved"  # it was shown 4
    assert decide(bank, "零售甲", answer["export"]).json()["status"] == "APPROVED"
    assert post(bank, "陈", f"/{asked['id']}/make").json()["password"]


def test_after_its_time_it_is_gone_and_so_is_the_file(bank: Bank, home: Path) -> None:
    asked, _ = made(bank)
    ExportRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = download(bank, asked["id"])
    assert (answer.status_code, answer.json()["code"]) == (410, "export_gone")
    assert not list(home.glob("*"))
    assert post(bank, "陈", f"/{asked['id']}/make").status_code == 410
    assert bank.client("陈").get("/api/exports").json()["mine"][0]["status"] == "ENDED"


def test_an_hour_does_not_end_it_but_a_day_does(bank: Bank) -> None:
    asked, _ = made(bank)
    found = ExportRequest.objects.get(id=asked["id"])
    assert found.expires_at and found.checked_at
    assert found.expires_at - found.checked_at == timedelta(hours=24)


def test_three_downloads_and_no_fourth(bank: Bank) -> None:
    asked, _ = made(bank)
    assert [download(bank, asked["id"]).status_code for _ in range(5)] == [200, 200, 200, 410, 410]
    assert ExportRequest.objects.get().downloads == 3


@pytest.mark.django_db(transaction=True)
def test_parallel_downloads_do_not_outrun_the_counter() -> None:
    bank = a_big_bank()
    asked, _ = made(bank)
    clients = [bank.client("陈") for _ in range(8)]

    def fetch(client: Client) -> int:
        try:
            return int(client.get(f"/api/exports/{asked['id']}/file").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(fetch, clients))
    assert answers == [200] * 3 + [410] * 5
    assert ExportRequest.objects.get().downloads == 3
    assert AuditEntry.objects.filter(action="export.download").count() == 3


def test_nobody_else_fetches_it_not_even_who_approved(bank: Bank) -> None:
    asked, _ = made(bank)
    for who, status in (("零售甲", 404), ("静安行长", 404), ("运营甲", 404), ("合规甲", 403), ("李", 403)):
        assert download(bank, asked["id"], who).status_code == status
        assert post(bank, who, f"/{asked['id']}/make").status_code == status
    assert ExportRequest.objects.get().downloads == 0


def test_a_withdrawn_file_is_deleted(bank: Bank, home: Path) -> None:
    asked, _ = made(bank)
    assert post(bank, "零售甲", f"/{asked['id']}/withdraw").status_code == 404
    assert post(bank, "陈", f"/{asked['id']}/withdraw").status_code == 204
    assert not list(home.glob("*"))
    assert download(bank, asked["id"]).json()["code"] == "export_moved"
    assert not ExportRequest.objects.get().password_sealed


def test_a_refusal_needs_a_reason_and_ends_it(bank: Bank) -> None:
    asked = ask(bank)
    assert decide(bank, "零售甲", asked, approve=False).json()["code"] == "text_missing"
    assert decide(bank, "零售甲", asked, approve=False, note="用途不明").json()["status"] == "REFUSED"
    assert decide(bank, "零售甲", asked).json()["code"] == "export_moved"
    assert post(bank, "陈", f"/{asked['id']}/make").json()["code"] == "export_moved"


def test_every_step_is_accounted_for(bank: Bank) -> None:
    asked, _ = made(bank, plain=["name"])
    download(bank, asked["id"])
    post(bank, "陈", f"/{asked['id']}/withdraw")
    entries = AuditEntry.objects.order_by("id").select_related("user")
    assert [(e.action, e.user.name) for e in entries if e.user] == [
        ("export.request", "陈"), ("export.approve", "零售甲"), ("export.approve", "合规甲"), ("export.make", "陈"),
        ("export.download", "陈"), ("export.withdraw", "陈"),
    ]  # fmt: skip
    assert {e.object_id for e in entries} == {str(asked["id"])}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"purpose": "  "}, "text_missing"), ({"recipient": ""}, "text_missing"), ({"fields": ["password"]}, "no_such_choice"),
        ({"plain": ["aum"]}, "no_such_choice"), ({"plain": ["cert"]}, "no_such_choice"),
        ({"query": {"tier": [5]}}, "nothing_chosen"),
    ],
)  # fmt: skip
def test_a_request_that_makes_no_sense_is_refused(bank: Bank, more: dict[str, Any], code: str) -> None:
    body = {"purpose": "回访", "recipient": "本行", "fields": ["name"], "query": {}, **more}
    assert post(bank, "陈", "", body).json()["code"] == code
    assert not ExportRequest.objects.exists()


def test_dead_files_are_swept_and_living_ones_stay(bank: Bank, home: Path) -> None:
    made(bank)
    (alive,) = home.glob("*.bin")
    stray = home / "11111111-1111-1111-1111-111111111111.bin"
    stray.write_bytes(b"x")
    for path in (alive, stray):
        os.utime(path, (1, 1))
    assert export.purge_exports() == 1
    assert list(home.glob("*.bin")) == [alive]


class Life(RuleBasedStateMachine):
    """Any order of steps by any people: a file is only ever fetched after the approvals that it needs."""

    @initialize(plain=st.booleans())
    def begin(self, plain: bool) -> None:
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.bank = a_big_bank()
        self.asked = ask(self.bank, plain=["name"] if plain else [])
        self.needs = {"head", "compliance"} if plain else {"head"}
        self.got: set[str] = set()
        self.closed = False
        self.fetched = 0

    def teardown(self) -> None:
        if hasattr(self, "atom"):
            transaction.set_rollback(True)
            self.atom.__exit__(None, None, None)

    @rule(who=st.sampled_from(["陈", "零售甲", "合规甲", "运营甲", "静安行长"]), approve=st.booleans())
    def decides(self, who: str, approve: bool) -> None:
        ok = decide(self.bank, who, self.asked, approve, "不合适").status_code == 200
        waits = not self.closed and self.got != self.needs
        head = waits and "head" not in self.got and who in ("零售甲", "运营甲")
        clear = waits and "head" in self.got and who == "合规甲"
        assert ok == (head or clear)
        if ok and approve:
            self.got.add("head" if head else "compliance")
        self.closed |= ok and not approve

    @rule()
    def fetches(self) -> None:
        made_now = post(self.bank, "陈", f"/{self.asked['id']}/make").status_code == 200
        assert made_now == (not self.closed and self.got == self.needs)
        got = download(self.bank, self.asked["id"]).status_code == 200
        assert got == (made_now and self.fetched < 3)
        self.fetched += got

    @rule()
    def withdraws(self) -> None:
        ok = post(self.bank, "陈", f"/{self.asked['id']}/withdraw").status_code == 204
        assert ok == (not self.closed)
        self.closed = True

    @invariant()
    def the_counter_tells_the_downloads(self) -> None:
        if hasattr(self, "asked"):
            assert ExportRequest.objects.get(id=self.asked["id"]).downloads == self.fetched <= 3


def test_in_whatever_order_people_act_only_an_approved_file_leaves() -> None:
    run_state_machine_as_test(Life, settings=settings(max_examples=12, stateful_step_count=8, deadline=None))


PAGING = {"page", "cursor", "limit"}


def _walk(bank: Bank) -> Iterator[tuple[str, str, Any]]:
    """Every operation by every role that has its right, of a customer who is there; what pages is asked for more than
    a page, too."""
    number = re.compile(r"/999999999(?=/|$)")
    someone = str(Customer.objects.order_by("id")[1].id)
    for role in Role:
        client = bank.client(role)
        for method, address, operation in OPERATIONS:
            if operation.view_func.__name__ in {"sign_out", "sign_in"} | SIGNED | SENT:
                continue
            if operation.auth_callbacks and door(operation).right not in RIGHTS.get(role, frozenset()) | {
                None
            }:
                continue  # refused: see access/test_rights.py
            path = number.sub(f"/{someone}", address)
            takes = {
                name for model in operation.models for name in getattr(model, "__ninja_flatten_map__", ())
            }
            for query in ("", "?page_size=9999&limit=9999&page=1")[: 2 if PAGING & takes else 1]:
                body = b"{}" if method != "GET" else b""
                answer = client.generic(method, path + query, body, content_type="application/json")
                yield role, f"{method} {path}", answer


def test_no_other_door_lets_more_than_a_page_of_customers_out_nor_a_file() -> None:
    bank = a_bank().with_branch("徐汇").with_manager("李")
    for role in Role:
        bank.with_staff(role, role, at="总行" if role not in ("RM", "WM") else "徐汇")
    for number in range(55):
        bank.with_customer(f"客户{number}", of="李", co=["RM"])
    numbers = set(Customer.objects.values_list("cust_no", flat=True))
    most = 0
    for role, call, answer in _walk(bank):
        assert answer.status_code != 500, (role, call)
        kind = answer.headers.get("Content-Type", "")
        stream = kind.startswith("text/event-stream") and call.endswith("/live-alerts/stream")  # numbers only
        assert kind.startswith("application/json") or answer.status_code == 204 or stream, (role, call, kind)
        assert "attachment" not in answer.headers.get("Content-Disposition", ""), (role, call)
        shown = {n for n in numbers if n in answer.content.decode()}
        assert len(shown) <= 50, (role, call)
        most = max(most, len(shown))
    assert most == 50  # the walk has seen the list


def test_only_the_export_gives_bytes() -> None:
    """Every other operation that shapes its own answer declares the model that it gives."""
    own = {
        operation.view_func.__name__
        for _, _, operation in OPERATIONS
        if "HttpResponse" in str(operation.view_func.__annotations__.get("return"))
        and not any(isinstance(model, type) for model in operation.response_models.values())
    }
    # a person's copy of their own data; a stream of numbers, which tells a page to look
    assert own == {"download_export", "take_rights_file", "open_live_alerts"}
