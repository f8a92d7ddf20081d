"""内容模板: nothing is sent that another person has not approved word for word."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.outreach.conftest import Post
from yinke.access.models import AuditEntry
from yinke.common.errors import NotAllowed, YinkeError
from yinke.outreach.models import TemplateVersion
from yinke.outreach.services.send import sendable
from yinke.outreach.services.templates import (
    Draft,
    TemplateMoved,
    TemplateWrong,
    decide,
    retire,
    submit,
    withdraw,
)

TEXT = "{称呼}您好，欢迎到{网点}来坐坐。"


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        ("MARKETING", "本产品保本保息", "banned_word"),
        ("MARKETING", "本产品保 本，{余额}", "unknown_variable"),
        ("MARKETING", "ｈｔｔｐｓ：//evil.example/x 点这里", "foreign_link"),
        ("MARKETING", "【别家银行】您好", "own_signature"),
        ("MARKETING", "请联系 13812345678", "personal"),
        ("MARKETING", "{称呼您好", "open_brace"),
        ("SERVICE", "存款到期，另有优惠", "sales_word"),
        ("SERVICE", "字" * 501, "too_long"),
    ],
)
def test_what_may_not_be_said_can_not_be_submitted(bank: Post, kind: str, text: str, fault: str) -> None:
    with pytest.raises(TemplateWrong) as refused:
        submit(bank.viewer("运营"), Draft("新", kind, text))
    assert refused.value.place == fault
    assert not TemplateVersion.objects.filter(template__name="新").exists()


def test_links_to_the_bank_s_own_hosts_may_stand(bank: Post) -> None:
    assert submit(bank.viewer("运营"), Draft("新", "MARKETING", "详见 https://m.bank.example/a1"))


def test_who_submits_does_not_approve_and_until_then_nothing_goes(bank: Post) -> None:
    version = submit(bank.viewer("运营"), Draft("新", "GREETING", TEXT))
    with pytest.raises(NotAllowed):
        decide(bank.viewer("运营"), version.id, fit=True)
    with pytest.raises(YinkeError):
        sendable(version.template_id)
    decide(bank.viewer("合规"), version.id, fit=True)
    assert sendable(version.template_id) == version
    deeds = AuditEntry.objects.filter(object_id=f"{version.template_id}.1").order_by("id")
    assert list(deeds.values_list("action", flat=True)) == ["template.submit", "template.approve"]


def test_an_edit_is_a_new_version_and_the_old_one_goes_on_until_it_is_approved(bank: Post) -> None:
    first = bank.text("GREETING", TEXT)
    name = first.template.name
    second = submit(bank.viewer("运营"), Draft(name, "GREETING", TEXT + "恭候。"), first.template_id)
    assert (second.number, sendable(first.template_id)) == (2, first)
    with pytest.raises(TemplateMoved):
        submit(bank.viewer("运营"), Draft(name, "GREETING", TEXT), first.template_id)
    decide(bank.viewer("合规"), second.id, fit=False, reason="语气不妥")
    assert sendable(first.template_id) == first
    third = submit(bank.viewer("运营"), Draft(name, "GREETING", TEXT + "敬候。"), first.template_id)
    decide(bank.viewer("合规"), third.id, fit=True)
    assert sendable(first.template_id) == third


def test_a_refusal_needs_its_reason_and_is_final(bank: Post) -> None:
    version = submit(bank.viewer("运营"), Draft("新", "GREETING", TEXT))
    with pytest.raises(YinkeError, match="why"):
        decide(bank.viewer("合规"), version.id, fit=False, reason="  ")
    decide(bank.viewer("合规"), version.id, fit=False, reason="语气不妥")
    with pytest.raises(TemplateMoved):
        decide(bank.viewer("合规"), version.id, fit=True)


def test_one_takes_back_what_waits_and_no_one_else_does(bank: Post) -> None:
    version = submit(bank.viewer("运营"), Draft("新", "GREETING", TEXT))
    with pytest.raises(NotAllowed):
        withdraw(bank.viewer("合规"), version.id)
    assert withdraw(bank.viewer("运营"), version.id).state == "WITHDRAWN"


def test_a_name_is_taken_once_and_what_a_text_is_for_stays(bank: Post) -> None:
    first = bank.text("GREETING", TEXT)
    with pytest.raises(YinkeError) as taken:
        submit(bank.viewer("运营"), Draft(first.template.name, "GREETING", TEXT))
    assert taken.value.code == "name_taken"
    with pytest.raises(YinkeError) as other:
        submit(bank.viewer("运营"), Draft(first.template.name, "MARKETING", TEXT), first.template_id)
    assert other.value.code == "template_kind"


def test_a_retired_text_is_sent_no_more(bank: Post) -> None:
    first = bank.text("GREETING", TEXT)
    retire(bank.viewer("运营"), first.template_id)
    with pytest.raises(YinkeError):
        sendable(first.template_id)
    with pytest.raises(TemplateMoved):
        retire(bank.viewer("运营"), first.template_id)


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api{path}", data=body, content_type="application/json")


def test_by_the_api_from_the_first_word_to_the_approval(bank: Post) -> None:
    maker, checker = bank.client("运营"), bank.client("合规")
    said = post(maker, "/templates/check", kind="SERVICE", text="另有优惠").json()
    assert [(f["code"], f["about"]) for f in said["faults"]] == [("sales_word", "优惠")]
    made = post(maker, "/templates", name="问候", kind="GREETING", text=TEXT, risk=None)
    assert made.status_code == 200
    version = made.json()["versions"][0]
    assert (version["state"], version["may_withdraw"], version["may_decide"]) == ("PENDING", True, False)
    assert version["whole"] == f"【银客银行】{TEXT}拒收请回复R"
    assert post(maker, f"/templates/versions/{version['id']}/approve").status_code == 403
    shown = next(row for row in checker.get("/api/templates").json() if row["name"] == "问候")
    assert shown["versions"][0]["may_decide"]
    assert (
        post(checker, f"/templates/versions/{version['id']}/approve").json()["versions"][0]["state"]
        == "APPROVED"
    )
