"""权利请求: taken in, identified, answered in time; deleted is deleted, and what the law holds is only stored."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pyzipper
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from tests.bank import TODAY, Bank, a_bank, a_day, a_lake
from yinke.access.models import AuditEntry
from yinke.care.models import ContactRecord, Reason, Task
from yinke.common.catalogue import catalogue
from yinke.common.crypto import decrypt
from yinke.common.workdays import is_workday, workdays_between
from yinke.customers.models import Assignment, Customer, Metrics
from yinke.customers.services.write_back import write_back
from yinke.privacy.consents import allows
from yinke.privacy.hooks import HOLDS
from yinke.privacy.models import Consent, Restriction, RightsCase, RightsFile, Suppression
from yinke.privacy.services.erase import rows_about
from yinke.privacy.services.policies import seed_policies
from yinke.privacy.services.record_consent import Said, newest_policy, write_consent
from yinke.privacy.services.rights import deadline
from yinke.segments.members import Members
from yinke.segments.ready.tags import ready_tags

pytestmark = pytest.mark.django_db
MOBILE, CERT = "13912345678", "11010519491231002X"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, with an empty lake."""
    env = django_settings.YINKE
    monkeypatch.setattr(
        django_settings, "YINKE", env.__class__(**{**vars(env), "home": tmp_path, "lake": tmp_path / "lake"})
    )
    return tmp_path


@pytest.fixture
def bank(home: Path) -> Bank:
    seed_policies()
    bank = (
        a_bank().with_branch("徐汇").with_manager("李").with_customer("张三丰", mobile=MOBILE, cert_no=CERT)
    )
    bank.with_customer("欧阳晓", mobile="13700001111", cert_no="310101199001011239")
    bank.with_staff("合规", "COMPLIANCE", at="总行").with_staff("合规乙", "COMPLIANCE", at="总行")
    bank.with_staff("客服", "CC_AGENT", at="总行")
    zhang = bank.customers["张三丰"]
    task = Task.objects.create(
        customer=zhang, biz_date=TODAY, assignee=bank.staff["李"], org=bank.orgs["徐汇"], priority=1, score=1.0,
        due_on=TODAY, expire_on=TODAY + timedelta(days=9),
    )  # fmt: skip
    Reason.objects.create(
        task=task, customer=zhang, type="E01", biz_date=TODAY, priority=1, expire_on=TODAY, dedup_key="k",
        amount=Decimal("500000.00"), payload={"last4": "0018"},
    )  # fmt: skip
    ContactRecord.objects.create(
        customer=zhang, task=task, user=bank.staff["李"], channel="PHONE", result="CONSIDER", at=timezone.now(),
        biz_date=TODAY, note="儿子明年上大学", request_key="r1",
    )  # fmt: skip
    return bank


def lake_of(home: Path, bank: Bank, *, closed: date | None = None) -> None:
    zhang, other = bank.customers["张三丰"].id, bank.customers["欧阳晓"].id
    account = {"acct_no": "6228480402564890018", "cust_no": "C00000001", "category": "DEMAND", "ccy": "CNY",
               "open_date": date(2010, 1, 1), "status": "CLOSED" if closed else "NORMAL", "close_date": closed}  # fmt: skip
    booking = {"txn_date": TODAY, "acct_no": account["acct_no"], "direction": "OUT", "amount": "88.00", "ccy": "CNY",
               "kind": "TRANSFER", "opp_name": "李四光", "opp_acct": "6217000010012345678", "remark": "还李四光"}  # fmt: skip
    for number, day in enumerate((TODAY - timedelta(days=1), TODAY)):
        a_day(
            a_lake(home / "lake"), day,
            account=[{**account, "cust_id": zhang}, {**account, "acct_no": "other", "cust_id": other, "status": "NORMAL"}],
            transaction=[{**booking, "cust_id": zhang, "txn_seq": f"T{number}"}, {**booking, "cust_id": other, "txn_seq": "X"}],
        )  # fmt: skip


def open_case(bank: Bank, kind: str, *, by: str = "李", status: int = 201, **more: Any) -> int:
    body = {"customer_id": bank.customers["张三丰"].id, "kind": kind, "channel": "COUNTER", **more}
    answer = bank.client(by).post("/api/rights-cases", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json().get("id", 0)  # type: ignore[no-any-return]


def do(bank: Bank, case: int, what: str, by: str = "合规", **body: Any) -> Any:
    return bank.client(by).post(f"/api/rights-cases/{case}/{what}", body, content_type="application/json")


def identified(bank: Bank, kind: str) -> int:
    case = open_case(bank, kind)
    assert do(bank, case, "identity", how="ID_CARD").status_code == 200
    return case


class TestDeadlines:
    @given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 40), st.integers(1, 60))
    def test_a_deadline_is_never_late_nor_needlessly_early(
        self, received: date, workdays: int, days: int
    ) -> None:
        due = deadline(received, workdays, days)
        assert received < due <= received + timedelta(days=days)
        counted = sum(is_workday(received + timedelta(days=n + 1)) for n in range((due - received).days))
        assert counted <= workdays
        assert counted == workdays or due == received + timedelta(days=days)
        assert counted < workdays or is_workday(due)  # the last day is one on which people work
        assert workdays_between(received, due) == counted == -workdays_between(due, received)

    @given(st.dates(date(2020, 1, 1), date(2030, 12, 30)), st.integers(1, 40))
    def test_who_asks_later_is_not_answered_earlier(self, received: date, workdays: int) -> None:
        assert deadline(received, workdays, 90) <= deadline(received + timedelta(days=1), workdays, 90)

    def test_the_case_says_when_it_is_due_and_what_is_overdue_comes_first(self, bank: Bank) -> None:
        first, second = open_case(bank, "ACCESS"), open_case(bank, "CORRECT")
        today = timezone.localdate()
        RightsCase.objects.filter(id=second).update(due_on=today - timedelta(days=3))
        page = bank.client("客服").get("/api/rights-cases").json()
        assert [row["id"] for row in page["rows"]] == [second, first]
        assert (page["open"], page["overdue"]) == (2, 1)
        assert page["rows"][0]["workdays_left"] < 0
        assert RightsCase.objects.get(id=first).due_on == deadline(today, 15, 30)
        late = bank.client("客服").get("/api/rights-cases", {"status": "overdue"}).json()
        assert [row["id"] for row in late["rows"]] == [second]


class TestComingIn:
    def test_an_objection_holds_at_once(self, bank: Bank) -> None:
        zhang = bank.customers["张三丰"].id
        write_consent(
            zhang, Said("PROFILING", "GRANTED", "APP", "k1", evidence="x"), newest_policy("PROFILING"), None
        )
        assert allows(zhang, "PROFILING")
        open_case(bank, "OBJECT")
        assert not allows(zhang, "PROFILING")
        assert Consent.objects.latest("id").answer == "REFUSED"

    def test_an_agent_takes_it_in_by_the_exact_number_and_sees_a_masked_name(self, bank: Bank) -> None:
        case = open_case(bank, "ACCESS", by="客服", customer_id=None, cust_no="c00000001")
        row = bank.client("客服").get(f"/api/rights-cases/{case}").json()
        assert (row["name"], row["cust_no"]) == ("张*丰", "C00000001")
        open_case(bank, "COPY", by="客服", customer_id=None, cust_no="C0000000", status=404)

    def test_a_colleagues_customer_does_not_exist(self, bank: Bank) -> None:
        bank.with_branch("静安").with_manager("王")
        open_case(bank, "ACCESS", by="王", status=404)
        open_case(bank, "ACCESS", by="王", customer_id=None, cust_no="C00000001", status=404)
        own = bank.customers["张三丰"].id
        assert bank.client("王").get(f"/api/customers/{own}/rights-cases").status_code == 404

    def test_the_same_request_twice_is_one_case(self, bank: Bank) -> None:
        open_case(bank, "ACCESS")
        open_case(bank, "ACCESS", status=400)
        assert RightsCase.objects.count() == 1

    def test_a_branchs_compliance_sees_the_branchs_cases_only(self, bank: Bank) -> None:
        case = open_case(bank, "ACCESS")
        bank.with_branch("静安").with_staff("静安合规", "COMPLIANCE")
        assert bank.client("静安合规").get("/api/rights-cases").json()["rows"] == []
        assert bank.client("静安合规").get(f"/api/rights-cases/{case}").status_code == 404
        assert do(bank, case, "identity", by="静安合规", how="ID_CARD").status_code == 404

    def test_what_is_asked_lies_encrypted(self, bank: Bank) -> None:
        case = RightsCase.objects.get(id=open_case(bank, "CORRECT", asked="我改名为张丰"))
        assert "张丰".encode() not in bytes(case.asked_sealed or b"")
        assert bank.client("客服").get(f"/api/rights-cases/{case.id}").json()["asked"] == "我改名为张丰"


class TestClosing:
    def test_nothing_is_done_for_somebody_unidentified(self, bank: Bank) -> None:
        case = open_case(bank, "DELETE")
        assert do(bank, case, "close", outcome="DONE").json()["code"] == "not_verified"
        assert do(bank, case, "file").json()["code"] == "wrong_state"

    @pytest.mark.parametrize(
        ("ground", "answer"), [("", "因为不行所以不行"), ("WHY_NOT", "因为不行所以不行"), ("LEGAL_DUTY", " ")]
    )
    def test_a_refusal_needs_its_ground_and_its_words(self, bank: Bank, ground: str, answer: str) -> None:
        case = open_case(bank, "EXPLAIN")
        refused = do(bank, case, "close", outcome="REFUSED", ground=ground, answer=answer)
        assert refused.json()["code"] == "ground_missing"
        assert RightsCase.objects.get().status == "RECEIVED"

    def test_an_agent_answers_but_does_not_refuse_or_delete(self, bank: Bank) -> None:
        case = identified(bank, "EXPLAIN")
        body = {"ground": "EXCESSIVE", "answer": "同一问题已答复三次"}
        assert do(bank, case, "close", by="客服", outcome="REFUSED", **body).status_code == 403
        assert (
            do(bank, case, "close", by="客服", outcome="DONE", answer="").json()["code"] == "answer_missing"
        )
        assert (
            do(bank, case, "close", by="客服", outcome="DONE", answer="等级按月日均评定").json()["status"]
            == "DONE"
        )
        other = identified(bank, "DELETE")
        assert do(bank, other, "close", by="客服", outcome="DONE").status_code == 403

    def test_a_closed_case_stays_closed(self, bank: Bank) -> None:
        case = open_case(bank, "ACCESS")
        assert do(bank, case, "close", outcome="WITHDRAWN").json()["status"] == "WITHDRAWN"
        for outcome in ("DONE", "REFUSED", "WITHDRAWN"):
            assert (
                do(bank, case, "close", outcome=outcome, ground="EXCESSIVE", answer="不行不行").json()["code"]
                == "wrong_state"
            )

    def test_each_step_is_accounted_for(self, bank: Bank) -> None:
        case = identified(bank, "CORRECT")
        do(bank, case, "close", outcome="DONE", answer="地址已在核心系统更正")
        log = [
            (e.action, e.reason)
            for e in AuditEntry.objects.filter(action__startswith="rights.").order_by("id")
        ]
        assert log == [
            ("rights.open", f"case {case}"),
            ("rights.verify", "ID_CARD"),
            ("rights.close", "CORRECT DONE"),
        ]


class TestCopies:
    def taken(self, bank: Bank, case: int) -> Any:
        return bank.client("合规").get(f"/api/rights-cases/{case}/file")

    def test_the_copy_holds_every_table_of_the_customer_and_nobody_else(self, bank: Bank, home: Path) -> None:
        lake_of(home, bank)
        aml, plain = (next(t for t in ready_tags().values() if t.audience == who) for who in ("aml", "all"))
        him = BitMap([bank.customers["张三丰"].id])
        Members(home / "lake" / "members").write({aml.key: (1, him), plain.key: (1, him)}, TODAY)
        case = identified(bank, "COPY")
        password = do(bank, case, "file").json()["password"]
        content = b"".join(self.taken(bank, case).streaming_content)
        archive = pyzipper.AESZipFile(io.BytesIO(content))
        with pytest.raises(RuntimeError):
            archive.read("data.json")
        archive.setpassword(password.encode())
        tables = json.loads(archive.read("data.json"))["tables"]
        (profile,) = tables["customers.Customer"]["rows"]
        assert (profile["name"], profile["mobile"], profile["cert"]) == ("张三丰", MOBILE, CERT)
        assert [r["txn_seq"] for r in tables["lake.transaction"]["rows"]] == ["T0", "T1"]  # all dates
        assert [r["acct_no"] for r in tables["lake.account"]["rows"]] == ["6228480402564890018"]
        assert tables["care.ContactRecord"]["rows"][0]["note"] == "儿子明年上大学"
        (tag,) = tables["lake.members"]["rows"]  # what tells of money laundering is told to nobody
        assert tag == {"key": plain.key, "title_zh": plain.zh, "title_en": plain.en, "since": f"{TODAY}"}
        whole = archive.read("data.json").decode() + "".join(
            archive.read(n).decode() for n in archive.namelist() if n.endswith(".csv")
        )
        for strange in ("李四光", "6217000010012345678", "欧阳晓", "13700001111", "other"):
            assert strange not in whole
        rows = list(csv.reader(io.StringIO(archive.read("lake.transaction.csv").decode("utf-8-sig"))))
        assert len(rows) == 3
        held = {
            e.table for e in catalogue().values() if e.person
        }  # whoever has rows about the customer is in it
        found = {t for t in held if not t.startswith("lake.") and _count(t, bank)}
        assert found - {"privacy.RightsFile"} <= set(tables)

    def test_it_lies_sealed_and_goes_after_three_takes(self, bank: Bank, home: Path) -> None:
        case = identified(bank, "PORT")
        do(bank, case, "file")
        (path,) = (home / "rights").iterdir()
        assert path.read_bytes()[:2] != b"PK"
        assert MOBILE.encode() not in path.read_bytes()
        assert [self.taken(bank, case).status_code for _ in range(4)] == [200, 200, 200, 410]
        assert not list((home / "rights").iterdir())
        assert [e.reason for e in AuditEntry.objects.filter(action="rights.take").order_by("id")] == [
            "1",
            "2",
            "3",
        ]

    def test_it_goes_when_its_time_is_over(self, bank: Bank, home: Path) -> None:
        case = identified(bank, "ACCESS")
        do(bank, case, "file")
        RightsFile.objects.update(expires_at=timezone.now())
        assert self.taken(bank, case).json()["code"] == "file_gone"
        assert not list((home / "rights").iterdir())
        assert do(bank, case, "file").status_code == 200  # it may be made anew
        assert self.taken(bank, case).status_code == 200

    def test_agents_and_managers_take_no_copies(self, bank: Bank) -> None:
        case = identified(bank, "COPY")
        do(bank, case, "file")
        for who in ("客服", "李"):
            assert bank.client(who).get(f"/api/rights-cases/{case}/file").status_code == 403
            assert do(bank, case, "file", by=who).status_code == 403

    def test_a_formula_in_a_text_is_only_a_text(self, bank: Bank) -> None:
        from yinke.privacy.services.copy import _cell

        assert [_cell(v) for v in ("=1+1", "@x", "-3", Decimal("-3.50"), None, True)] == [
            "'=1+1", "'@x", "'-3", "-3.50", "", "true"]  # fmt: skip


def _count(table: str, bank: Bank) -> int:
    return rows_about(catalogue()[table], bank.customers["张三丰"].id).count()


def stored(bank: Bank) -> str:
    """Everything that the database holds, decrypted where it can be."""
    texts: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                for value in row:
                    if isinstance(value, (bytes, memoryview)) and len(bytes(value)) > 31:
                        try:
                            texts.append(decrypt(value))
                        except Exception:
                            continue
                    else:
                        texts.append(f"{value}")
    return "\x00".join(texts)


class TestDeletion:
    def closed_long_ago(self, bank: Bank, home: Path) -> None:
        lake_of(home, bank, closed=timezone.localdate() - timedelta(days=3700))
        Customer.objects.filter(id=bank.customers["张三丰"].id).update(status="CLOSED")

    def test_what_nothing_holds_is_gone_from_every_table(self, bank: Bank, home: Path) -> None:
        self.closed_long_ago(bank, home)
        assert all(text in stored(bank) for text in ("张三丰", MOBILE, CERT, "C00000001", "儿子明年上大学"))
        case = identified(bank, "DELETE")
        done = do(bank, case, "close", outcome="DONE").json()
        assert (done["status"], done["name"]) == ("DONE", "")
        left = stored(bank)
        for text in ("张三丰", MOBILE, CERT, "C00000001", "儿子明年上大学", "500000.00"):
            assert text not in left, text
        # three letters come about by chance in a password's hash or a key: alone they are the name's
        assert not re.search(r"\bzsf\b", left)
        assert Metrics.objects.get(customer_id=bank.customers["张三丰"].id).aum == 0
        assert not Reason.objects.exists()
        assert not Assignment.objects.filter(customer_id=bank.customers["张三丰"].id).exists()
        assert Suppression.objects.count() == 1
        names = [r["name"] for r in bank.client("合规").get("/api/customers").json()["rows"]]
        assert names == ["欧*晓"]
        # the same person asks again by number: nothing is left to find but that it was deleted
        open_case(bank, "ACCESS", by="客服", customer_id=None, cust_no="C00000001", status=400)

    def test_a_later_file_does_not_bring_them_back(self, bank: Bank, home: Path) -> None:
        self.closed_long_ago(bank, home)
        zhang = bank.customers["张三丰"].id
        row = {"cust_no": "C00000001", "name": "张三丰", "mobile": MOBILE, "cert_no": CERT, "open_org": bank.orgs["徐汇"].org_no,
               "open_date": date(2010, 1, 1), "status": "NORMAL", "manager_no": bank.staff["李"].emp_no, "cust_id": zhang}  # fmt: skip
        figures = {
            "cust_id": zhang,
            "aum": "99.00",
            "lum": "0",
            "tier": 1,
            "tier_asset": 1,
            "stage": "STABLE",
            "categories": 1,
        }
        case = identified(bank, "DELETE")
        do(bank, case, "close", outcome="DONE")
        staff = [
            {
                "emp_no": bank.staff["李"].emp_no,
                "name": "李",
                "org_no": bank.orgs["徐汇"].org_no,
                "post": "RM",
                "status": "ACTIVE",
            }
        ]
        day = a_day(
            a_lake(home / "lake"), TODAY + timedelta(days=1), customer=[row], snapshot=[figures], staff=staff
        )
        write_back(day, None, day.biz_date)
        left = Customer.objects.get(id=zhang)
        assert (decrypt(left.name_sealed), left.mobile_sealed, left.status) == ("", None, "ERASED")
        assert left.metrics.aum == 0
        assert not Assignment.objects.filter(customer_id=zhang).exists()

    @pytest.mark.parametrize("case", ["in force", "closed last year", "nobody knows", "complaint"])
    def test_what_law_or_contract_holds_is_restricted_instead(
        self, bank: Bank, home: Path, case: str, monkeypatch: Any
    ) -> None:
        zhang = bank.customers["张三丰"].id
        if case == "complaint":
            self.closed_long_ago(bank, home)
            monkeypatch.setattr("yinke.privacy.services.erase.HOLDS", [lambda customer_id: "COMPLAINT"])
        elif case != "in force":
            Customer.objects.filter(id=zhang).update(status="CLOSED")
            if case == "closed last year":
                lake_of(home, bank, closed=timezone.localdate() - timedelta(days=365))
        write_consent(
            zhang,
            Said("MARKETING_SMS", "GRANTED", "APP", "k1", evidence="x"),
            newest_policy("MARKETING_SMS"),
            None,
        )
        number = identified(bank, "DELETE")
        shown = bank.client("合规").get(f"/api/rights-cases/{number}").json()["holds"]
        done = do(bank, number, "close", outcome="DONE").json()
        expected = {"in force": "CONTRACT", "complaint": "COMPLAINT"}.get(case, "AML")
        assert (done["status"], done["ground"], shown[0]) == ("RESTRICTED", expected, expected)
        assert Restriction.objects.get().ground == expected
        assert decrypt(Customer.objects.get(id=zhang).name_sealed) == "张三丰"
        assert Task.objects.get().status == "CANCELLED"
        assert not Reason.objects.exists()
        assert not allows(zhang, "MARKETING_SMS")
        assert Consent.objects.filter(customer_id=zhang).latest("id").answer == "WITHDRAWN"

    def test_whoever_took_it_in_does_not_decide_it(self, bank: Bank) -> None:
        case = open_case(bank, "DELETE", by="合规")
        do(bank, case, "identity", by="合规", how="CALL_BACK")
        assert do(bank, case, "close", by="合规", outcome="DONE").json()["code"] == "same_person"
        assert do(bank, case, "close", by="合规乙", outcome="DONE").json()["status"] == "RESTRICTED"

    def test_the_notes_of_others_cannot_be_emptied_by_the_way(self, bank: Bank) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            ContactRecord.objects.update(note="")


def test_no_hold_is_registered_by_accident() -> None:
    assert HOLDS == []
