"""审计: whatever is looked at or changed leaves an entry that nobody can take back unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.bank import PASSWORD, Bank, a_bank
from yinke.access.models import AuditEntry, User
from yinke.access.queries import viewer_of
from yinke.access.services import audit
from yinke.access.services.audit_chain import BEGINNING, digest_of, head, keep_head, verify
from yinke.cli import app

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Bank:
    bank = a_bank().with_branch("徐汇").with_head("张行长").with_manager("李").with_customer("张三丰")
    return bank.with_staff("审计员", "AUDITOR", at="总行").with_staff("支行审计", "AUDITOR", at="徐汇")


def write(bank: Bank, *reasons: str, by: str = "李") -> list[AuditEntry]:
    viewer = viewer_of(bank.staff[by])
    return [audit(viewer, "customer.reveal", "customer", "1.mobile", reason=reason) for reason in reasons]


@contextmanager
def as_owner() -> Iterator[Any]:
    """What somebody could do who has the database's owner in hand."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no trigger fires
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def test_every_entry_holds_the_digest_of_the_one_before(bank: Bank) -> None:
    write(bank, "CALL", "VERIFY", "SERVICE")
    first, second, third = AuditEntry.objects.order_by("id")
    assert bytes(first.previous) == BEGINNING
    assert (bytes(second.previous), bytes(third.previous)) == (bytes(first.digest), bytes(second.digest))
    found = verify()
    assert (found.entries, found.broken) == (3, None)
    assert found.head == head()
    assert found.head and (found.head.entry, found.head.digest) == (third.id, bytes(third.digest).hex())


def test_an_empty_trail_is_whole() -> None:
    assert verify().broken is None
    assert head() is None


@pytest.mark.parametrize(
    "change",
    [lambda entry: AuditEntry.objects.filter(id=entry.id).update(reason="other"), lambda entry: entry.delete(),
     lambda entry: entry.save()],
)  # fmt: skip
def test_the_database_refuses_to_change_an_entry(bank: Bank, change: Callable[[AuditEntry], Any]) -> None:
    (entry,) = write(bank, "CALL")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        change(entry)
    assert AuditEntry.objects.get().reason == "CALL"


_TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)


@given(st.lists(st.tuples(_TEXT, _TEXT), min_size=1, max_size=4))
def test_any_text_gives_the_same_digest_here_and_in_the_database(texts: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        for reason, number in texts:
            AuditEntry.objects.create(
                action="a", object_type="b", object_id=number, reason=reason, address="2001:db8::1"
            )
        assert verify().broken is None
        transaction.set_rollback(True)


def test_parts_cannot_be_pushed_from_one_field_to_the_next() -> None:
    assert digest_of(["ab", "c"]) != digest_of(["a", "bc"]) != digest_of(["a,1:b", "c"])


class TestTampering:
    def test_a_changed_entry_is_named(self, bank: Bank) -> None:
        entries = write(bank, "CALL", "VERIFY", "SERVICE")
        with as_owner() as cursor:
            cursor.execute("UPDATE access_auditentry SET reason = 'SERVICE' WHERE id = %s", [entries[1].id])
        broken = verify().broken
        assert broken and (broken.entry, broken.what) == (entries[1].id, "changed")

    def test_a_removed_entry_breaks_the_link_after_it(self, bank: Bank) -> None:
        entries = write(bank, "CALL", "VERIFY", "SERVICE")
        with as_owner() as cursor:
            cursor.execute("DELETE FROM access_auditentry WHERE id = %s", [entries[1].id])
        broken = verify().broken
        assert broken and (broken.entry, broken.what) == (entries[2].id, "unlinked")

    def test_a_cut_end_is_known_by_the_file_of_heads(self, bank: Bank, tmp_path: Path) -> None:
        heads = tmp_path / "worm" / "heads.txt"
        entries = write(bank, "CALL", "VERIFY")
        keep_head(heads)
        with as_owner() as cursor:
            cursor.execute("DELETE FROM access_auditentry WHERE id = %s", [entries[1].id])
        assert verify().broken is None  # the chain alone cannot tell
        broken = verify(heads).broken
        assert broken and (broken.entry, broken.what) == (entries[1].id, "missing")

    def test_a_chain_made_anew_is_known_by_the_file_of_heads(self, bank: Bank, tmp_path: Path) -> None:
        heads = tmp_path / "heads.txt"
        first, second = write(bank, "CALL", "VERIFY")
        keep_head(heads)
        with as_owner() as cursor:
            cursor.execute("UPDATE access_auditentry SET reason = 'VERIFY' WHERE id = %s", [first.id])
            for entry in (first, second):
                cursor.execute(
                    "UPDATE access_auditentry e SET previous = COALESCE((SELECT digest FROM access_auditentry b"
                    " WHERE b.id < e.id ORDER BY b.id DESC LIMIT 1), e.previous) WHERE id = %s", [entry.id],
                )  # fmt: skip
                cursor.execute(
                    "UPDATE access_auditentry e SET digest = sha256(convert_to(audit_text(e), 'UTF8')) WHERE id = %s",
                    [entry.id],
                )
        assert verify().broken is None
        broken = verify(heads).broken
        assert broken and (broken.entry, broken.what) == (second.id, "missing")

    def test_a_head_is_kept_once(self, bank: Bank, tmp_path: Path) -> None:
        write(bank, "CALL")
        keep_head(tmp_path / "heads.txt")
        keep_head(tmp_path / "heads.txt")
        write(bank, "VERIFY")
        keep_head(tmp_path / "heads.txt")
        assert len((tmp_path / "heads.txt").read_text().splitlines()) == 2
        assert verify(tmp_path / "heads.txt").broken is None


@pytest.mark.django_db(transaction=True)
def test_entries_written_at_once_stand_in_one_chain() -> None:
    viewer = viewer_of(a_bank().with_branch("徐汇").with_manager("李").staff["李"])

    def many(worker: int) -> None:
        try:
            for n in range(10):
                with transaction.atomic():
                    audit(viewer, "customer.reveal", "customer", f"{worker}.{n}")
                    if n == 5:
                        transaction.set_rollback(True)  # leaves no hole
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(many, range(8)))
    found = verify()
    assert (found.entries, found.broken) == (72, None)


class TestSignIn:
    def _send(self, emp_no: str, password: str) -> tuple[Client, int]:
        client = Client()
        answer = client.post(
            "/api/session", {"emp_no": emp_no, "password": password}, content_type="application/json",
            REMOTE_ADDR="10.1.2.3",
        )  # fmt: skip
        return client, answer.status_code

    def _last(self) -> tuple[str, str | None, str, str, str | None]:
        entry = AuditEntry.objects.select_related("user").latest("id")
        return entry.action, entry.user and entry.user.name, entry.object_id, entry.reason, entry.address

    def test_coming_and_going_is_written(self, bank: Bank) -> None:
        emp_no = bank.staff["李"].emp_no
        client, status = self._send(emp_no, PASSWORD)
        assert (status, self._last()) == (200, ("session.start", "李", emp_no, "password", "10.1.2.3"))
        assert client.delete("/api/session", REMOTE_ADDR="10.1.2.3").status_code == 204
        assert self._last() == ("session.end", "李", emp_no, "sign_out", "10.1.2.3")

    def test_a_refused_one_too(self, bank: Bank) -> None:
        emp_no = bank.staff["李"].emp_no
        assert self._send(emp_no, "wrong")[1] == 401
        assert self._last() == ("session.refused", None, emp_no, "wrong_password", "10.1.2.3")

    def test_what_was_typed_as_a_number_that_nobody_has_is_not_kept(self) -> None:
        assert self._send("My-Secret-Password-1", "")[1] == 401
        assert self._last() == ("session.refused", None, "", "wrong_password", "10.1.2.3")


class TestSearch:
    def _get(self, bank: Bank, by: str = "审计员", **query: Any) -> Any:
        answer = bank.client(by).get("/api/audit", query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def test_an_auditor_finds_who_looked_at_a_customer(self, bank: Bank) -> None:
        viewer = viewer_of(bank.staff["李"])
        audit(viewer, "customer.reveal", "customer", "7.mobile", reason="CALL", address="10.0.0.9")
        audit(viewer, "customer.reveal", "customer", "71.mobile", reason="CALL")
        (row,) = self._get(bank, object_id="7")["rows"]
        assert (row["user"], row["org"], row["object_id"], row["reason"], row["address"]) == (
            "李", "徐汇", "7.mobile", "CALL", "10.0.0.9")  # fmt: skip

    @pytest.mark.parametrize(
        ("query", "found"),
        [({"who": "李"}, 2), ({"who": "王"}, 0), ({"action": "customer.reveal"}, 2), ({"action": "nightly.rerun"}, 0),
         ({"since": "2026-01-01", "until": "2026-01-02"}, 0), ({"address": "10.0.0.9"}, 0)],
    )  # fmt: skip
    def test_each_filter_narrows(self, bank: Bank, query: dict[str, str], found: int) -> None:
        write(bank, "CALL", "VERIFY")
        assert len(self._get(bank, **query)["rows"]) == found

    def test_days_are_those_of_shanghai(self, bank: Bank) -> None:
        write(bank, "CALL")
        today = timezone.localdate()
        assert len(self._get(bank, since=today, until=today, who="李")["rows"]) == 1
        assert not self._get(bank, since=today + timedelta(days=1), who="李")["rows"]

    def test_pages_give_each_entry_once(self, bank: Bank) -> None:
        write(bank, *(f"{n}" for n in range(120)))
        seen: list[str] = []
        before = None
        for _ in range(4):
            page = self._get(bank, who="李", **({"before": before} if before else {}))
            seen += [row["reason"] for row in page["rows"]]
            before = page["before"]
            if before is None:
                break
        assert seen == [f"{n}" for n in reversed(range(120))]

    def test_looking_is_accounted_for(self, bank: Bank) -> None:
        self._get(bank, who="李", action="customer.reveal")
        entry = AuditEntry.objects.select_related("user").latest("id")
        assert entry.user
        assert (entry.user.name, entry.action, entry.reason) == (
            "审计员", "audit.search", "who=李 action=customer.reveal")  # fmt: skip

    def test_a_branchs_auditor_sees_the_branchs_people_only(self, bank: Bank) -> None:
        bank.with_branch("静安").with_manager("王")
        write(bank, "CALL", by="李")
        write(bank, "CALL", by="王")
        AuditEntry.objects.create(action="session.refused", object_type="user", object_id="1")
        assert {row["user"] for row in self._get(bank, "支行审计")["rows"]} == {"李"}
        assert {row["user"] for row in self._get(bank)["rows"]} == {"李", "王", "", "支行审计"}

    @pytest.mark.parametrize("who", ["李", "张行长"])
    def test_others_may_not(self, bank: Bank, who: str) -> None:
        assert bank.client(who).get("/api/audit").status_code == 403

    @pytest.mark.parametrize("query", [{"since": "yesterday"}, {"address": "nowhere"}, {"who": "x" * 61}])
    def test_a_wrong_filter_is_named(self, bank: Bank, query: dict[str, str]) -> None:
        answer = bank.client("审计员").get("/api/audit", query)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert next(iter(query)) in answer.json()["place"]


class TestCommand:
    @pytest.fixture(autouse=True)
    def heads(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        env = django_settings.YINKE
        path = tmp_path / "heads.txt"
        monkeypatch.setattr(django_settings, "YINKE", env.__class__(**{**vars(env), "audit_heads": path}))
        return path

    def test_it_says_that_all_is_whole(self, bank: Bank, heads: Path) -> None:
        write(bank, "CALL", "VERIFY")
        newest = head()
        assert newest
        assert CliRunner().invoke(app, ["audit", "head"]).output.split() == [f"{newest.entry}", newest.digest]
        out = CliRunner().invoke(app, ["audit", "verify"])
        assert out.exit_code == 0
        assert "2 entries, whole" in out.output
        assert newest.digest in out.output
        assert newest.digest in heads.read_text()

    def test_it_names_the_first_broken_entry(self, bank: Bank) -> None:
        entries = write(bank, "CALL", "VERIFY", "SERVICE")
        with as_owner() as cursor:
            cursor.execute("UPDATE access_auditentry SET user_id = NULL WHERE id = %s", [entries[1].id])
        out = CliRunner().invoke(app, ["audit", "verify"])
        assert out.exit_code == 1
        assert f"Entry {entries[1].id} was changed" in out.output


def test_who_is_in_the_trail_cannot_be_deleted(bank: Bank) -> None:
    write(bank, "CALL")
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.filter(id=bank.staff["李"].id)._raw_delete(using="default")  # type: ignore[attr-defined]
        connection.check_constraints()


def test_a_security_administrator_sees_the_whole_trail_though_no_customer(bank: Bank) -> None:
    write(bank, "CALL")
    bank.with_staff("安全员", "SEC_ADMIN", at="总行").with_staff("支行安全员", "SEC_ADMIN", at="徐汇")
    for name in ("安全员", "支行安全员"):
        rows = bank.client(name).get("/api/audit", {"action": "customer.reveal"}).json()["rows"]
        assert [row["reason"] for row in rows] == ["CALL"]
