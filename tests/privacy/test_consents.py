"""授权台账: the newest answer decides, at once; silence is no; a changed purpose asks anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank import Bank, a_bank
from yinke.access.models import AuditEntry
from yinke.privacy.consents import allowed, allows, objects_to_profiling, standings
from yinke.privacy.models import Consent, Policy, Purpose, Restriction, RightsCase
from yinke.privacy.services.policies import publish_policy, seed_policies, text_hash
from yinke.privacy.services.record_consent import Said, newest_policy, write_consent

pytestmark = pytest.mark.django_db
MARKETING = [p for p in Purpose.values if p != "SERVICE"]


@pytest.fixture
def bank() -> Bank:
    seed_policies()
    bank = a_bank().with_branch("徐汇").with_head("张行长").with_manager("李").with_customer("张三丰")
    return bank.with_staff("合规", "COMPLIANCE", at="总行").with_staff("运营", "HQ_OPS", at="总行")


def zhang(bank: Bank) -> int:
    return bank.customers["张三丰"].id


def say(
    bank: Bank, purpose: str = "MARKETING_SMS", answer: str = "GRANTED", *, by: str = "李", **more: Any
) -> Any:
    body = {
        "purpose": purpose, "answer": answer, "channel": "COUNTER", "request_key": uuid4().hex,
        "policy_id": newest_policy(purpose).id, "evidence": "表单 20261125-7", **more,
    }  # fmt: skip
    return bank.client(by).post(
        f"/api/customers/{zhang(bank)}/consents", body, content_type="application/json"
    )


def state(bank: Bank, purpose: str = "MARKETING_SMS") -> str:
    return next(s.state for s in standings(zhang(bank)) if s.purpose == purpose)


@pytest.mark.parametrize("purpose", MARKETING)
def test_nothing_is_ticked_beforehand(bank: Bank, purpose: str) -> None:
    assert state(bank, purpose) == "NONE"
    assert not allows(zhang(bank), purpose)
    shown = bank.client("李").get(f"/api/customers/{zhang(bank)}/consents").json()
    assert {s["state"] for s in shown["standings"] if s["purpose"] != "SERVICE"} == {"NONE"}


def test_service_needs_no_consent_and_none_can_take_it_away(bank: Bank) -> None:
    assert allows(zhang(bank), "SERVICE")
    for purpose in MARKETING:
        say(bank, purpose, "REFUSED")
    assert allows(zhang(bank), "SERVICE")
    assert say(bank, "SERVICE", "WITHDRAWN").json()["code"] == "no_consent_needed"


@pytest.mark.parametrize("purpose", MARKETING)
def test_a_yes_is_for_one_purpose_and_a_no_holds_at_once(bank: Bank, purpose: str) -> None:
    assert say(bank, purpose).status_code == 200
    assert [p for p in MARKETING if allows(zhang(bank), p)] == [purpose]
    answer = say(
        bank, purpose, "WITHDRAWN", policy_id=None, evidence=""
    )  # as easy as saying yes: no proof asked
    assert answer.status_code == 200
    assert not allows(zhang(bank), purpose)
    assert [(h["answer"], h["by"]) for h in answer.json()["history"]] == [
        ("WITHDRAWN", "李"),
        ("GRANTED", "李"),
    ]


def test_the_entry_proves_which_text_was_shown_and_is_accounted_for(bank: Bank) -> None:
    say(bank)
    entry = Consent.objects.get()
    policy = newest_policy("MARKETING_SMS")
    assert entry.text_hash == policy.text_hash == text_hash(policy.text_zh, policy.text_en)
    log = AuditEntry.objects.get(action="consent.record")
    assert (log.object_id, log.reason) == (f"{zhang(bank)}.MARKETING_SMS", "GRANTED COUNTER")


@pytest.mark.parametrize(
    ("change", "code"),
    [({"evidence": ""}, "evidence_missing"), ({"evidence": "  a "}, "evidence_missing"),
     ({"evidence": "客户手机13812345678"}, "evidence_personal"), ({"policy_id": None}, "policy_changed"),
     ({"purpose": "MARKETING_FAX"}, "invalid")],
)  # fmt: skip
def test_a_yes_without_its_proof_is_refused(bank: Bank, change: dict[str, Any], code: str) -> None:
    body = {"purpose": "MARKETING_SMS", "answer": "GRANTED", "channel": "COUNTER", "request_key": uuid4().hex,
            "policy_id": newest_policy("MARKETING_SMS").id, "evidence": "表单 7-1", **change}  # fmt: skip
    answer = bank.client("李").post(
        f"/api/customers/{zhang(bank)}/consents", body, content_type="application/json"
    )
    assert answer.json()["code"] == code
    assert not Consent.objects.exists()


def test_the_same_click_twice_is_one_entry(bank: Bank) -> None:
    for _ in range(2):
        assert say(bank, request_key="the-same-click").status_code == 200
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("change", [lambda: Consent.objects.update(answer="WITHDRAWN"), lambda: Consent.objects.all().delete(),
                                    lambda: Policy.objects.update(text_zh="其他"), lambda: Policy.objects.all().delete()])  # fmt: skip
def test_the_database_refuses_to_change_the_ledger_and_its_texts(bank: Bank, change: Any) -> None:
    say(bank)
    with pytest.raises(DatabaseError), transaction.atomic():
        change()
        connection.check_constraints()


class TestTexts:
    def publish(self, bank: Bank, *, changes: bool, by: str = "合规", purpose: str = "MARKETING_SMS") -> Any:
        body = {"purpose": purpose, "text_zh": "同意我行用短信介绍本行和合作方的产品。",
                "text_en": "You agree to offers of ours and of partners by SMS.", "changes_purpose": changes}  # fmt: skip
        return bank.client(by).post("/api/policies", body, content_type="application/json")

    def test_a_text_that_changes_the_purpose_voids_earlier_consents(self, bank: Bank) -> None:
        say(bank)
        before = timezone.now()
        assert self.publish(bank, changes=True).json()["version"] == 2
        assert state(bank) == "VOID"
        assert not allows(zhang(bank), "MARKETING_SMS")
        assert allows(zhang(bank), "MARKETING_SMS", before)  # what was sent then was sent rightly
        assert say(bank).status_code == 200
        assert allows(zhang(bank), "MARKETING_SMS")

    def test_a_clearer_wording_leaves_them(self, bank: Bank) -> None:
        say(bank)
        self.publish(bank, changes=False)
        assert state(bank) == "GRANTED"

    def test_a_yes_to_a_text_that_was_replaced_meanwhile_is_asked_anew(self, bank: Bank) -> None:
        shown = newest_policy("MARKETING_SMS").id
        self.publish(bank, changes=False)
        answer = say(bank, policy_id=shown)
        assert (answer.status_code, answer.json()["code"]) == (409, "policy_changed")

    def test_only_compliance_publishes_in_both_languages(self, bank: Bank) -> None:
        assert self.publish(bank, changes=True, by="张行长").status_code == 403
        answer = bank.client("合规").post(
            "/api/policies", {"purpose": "PROFILING", "text_zh": "同意个性化推荐的新文本。", "text_en": " ", "changes_purpose": False},
            content_type="application/json",
        )  # fmt: skip
        assert answer.json()["code"] == "text_missing"


class TestWhoMay:
    def test_a_colleagues_customer_does_not_exist(self, bank: Bank) -> None:
        bank.with_branch("静安").with_manager("王")
        assert say(bank, by="王").status_code == 404
        assert bank.client("王").get(f"/api/customers/{zhang(bank)}/consents").status_code == 404

    def test_head_office_operations_see_but_do_not_record(self, bank: Bank) -> None:
        assert say(bank, by="运营").status_code == 403
        assert bank.client("运营").get(f"/api/customers/{zhang(bank)}/consents").json()["may_record"] is False


class TestRestricted:
    def test_nothing_but_service_is_allowed(self, bank: Bank) -> None:
        say(bank)
        say(bank, "PROFILING")
        case = RightsCase.objects.create(
            customer_id=zhang(bank), kind="DELETE", channel="PHONE", received_on=timezone.localdate(),
            due_on=timezone.localdate(), opened_by=bank.staff["合规"],
        )  # fmt: skip
        Restriction.objects.create(customer_id=zhang(bank), case=case, since=timezone.now(), ground="AML")
        assert [p for p in Purpose.values if allows(zhang(bank), p)] == ["SERVICE"]
        assert zhang(bank) in objects_to_profiling().values_list("id", flat=True)
        assert say(bank, "MARKETING_CALL").json()["code"] == "restricted"


def test_who_objects_to_profiling_is_told_to_those_who_score(bank: Bank) -> None:
    bank.with_customer("王五").with_customer("赵六").with_customer("孙七")
    for name, answers in {
        "张三丰": ["GRANTED", "WITHDRAWN"],
        "王五": ["REFUSED"],
        "赵六": ["REFUSED", "GRANTED"],
    }.items():
        for answer in answers:
            said = Said("PROFILING", answer, "APP", uuid4().hex)
            write_consent(bank.customers[name].id, said, newest_policy("PROFILING"), None)
    found = set(objects_to_profiling().values_list("id", flat=True))
    assert found == {bank.customers["张三丰"].id, bank.customers["王五"].id}


ANSWERS = st.lists(
    st.tuples(st.sampled_from(["MARKETING_SMS", "PROFILING"]), st.sampled_from(["GRANTED", "WITHDRAWN", "REFUSED", "NEW_PURPOSE"])),
    max_size=12,
)  # fmt: skip


@settings(max_examples=15)
@given(ANSWERS)
def test_the_ledger_says_what_a_naive_reader_of_it_says(bank: Bank, story: list[tuple[str, str]]) -> None:
    naive = dict.fromkeys(Purpose.values, False)
    naive["SERVICE"] = True
    with transaction.atomic():
        for purpose, what in story:
            if what == "NEW_PURPOSE":
                publish_policy(
                    bank.viewer("合规"),
                    purpose,
                    "新的目的新的文本新的用途",
                    "Another purpose",
                    changes_purpose=True,
                )
                naive[purpose] = False
            else:
                write_consent(
                    zhang(bank), Said(purpose, what, "APP", uuid4().hex), newest_policy(purpose), None
                )
                naive[purpose] = what == "GRANTED"
            now = timezone.now() + timedelta(seconds=1)
            assert {p: bool(allowed([zhang(bank), 999_999], p, now)) for p in Purpose.values} == naive
        transaction.set_rollback(True)
