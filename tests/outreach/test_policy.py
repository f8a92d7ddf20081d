"""接触策略: the page says what the gate does, with the thresholds that it goes by, and asks it of one customer without sending."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from tests.outreach.conftest import NOON, Post
from yinke.care.models import ContactRecord, DoNotDisturb
from yinke.customers.models import Customer
from yinke.outreach import gate, policy
from yinke.outreach.gate import SHANGHAI, judge
from yinke.outreach.models import Message, Template
from yinke.outreach.services.templates import in_force
from yinke.privacy.models import Restriction, RightsCase


def told(bank: Post, path: str, who: str = "合规", status: int = 200, at: datetime | None = None) -> Any:
    with patch.object(timezone, "now", lambda: at or bank.now):
        answer = bank.client(who).get(f"/api{path}")
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def verdicts(bank: Post, who: str = "李", more: str = "", at: datetime | None = None) -> dict[Any, str]:
    found = told(bank, f"/customers/{bank.zhao.id}/may-contact{more}", who, at=at)
    return {(one["channel"], one["kind"]): one["why"] for one in found["verdicts"]}


def test_every_reason_and_every_threshold_of_the_gate_has_its_rule_in_the_gate_s_order() -> None:
    assert [why for rule in policy.RULES for why in rule.whys] == list(gate.WHYS)
    asked = set(re.findall(r'"outreach\.(\w+)"', Path(gate.__file__).read_text("utf-8")))
    told_of = {code for rule in policy.RULES for code in rule.thresholds}
    assert {f"outreach.{name}" for name in asked} <= told_of
    assert {f"outreach.{c.lower()}_{name}" for c, caps in gate.CAPS.items() for _, name, _ in caps} <= told_of


def contact(bank: Post, result: str) -> None:
    at = bank.now - timedelta(days=1)
    ContactRecord.objects.create(
        customer=bank.zhao, user=bank.staff["李"], channel="PHONE", result=result, at=at, biz_date=at.date(), request_key=result,
    )  # fmt: skip


def restricted(bank: Post) -> None:
    case = RightsCase.objects.create(
        customer=bank.zhao, kind="ERASURE", channel="COUNTER", opened_by=bank.staff["合规"], received_on=NOON.date(),
        due_on=NOON.date(), asked_sealed=b"x",
    )  # fmt: skip
    Restriction.objects.create(
        customer=bank.zhao, case=case, since=bank.now - timedelta(days=1), ground="RETENTION"
    )


def capped(bank: Post) -> None:
    for _ in range(2):
        bank.message("GREETING", state="SENT", gone_at=bank.now - timedelta(hours=1))


def lost(bank: Post) -> None:
    Customer.objects.filter(id=bank.zhao.id).update(mobile_sealed=None, mobile_index=None)


def dead(bank: Post) -> None:
    Customer.objects.filter(id=bank.zhao.id).update(status="DECEASED")


def wish(bank: Post) -> None:
    DoNotDisturb.objects.create(customer=bank.zhao, scope="SMS", source="RM")


def late(bank: Post) -> None:
    bank.now = NOON.replace(hour=21)


SITUATIONS: dict[str, Callable[[Post], None]] = {
    "STATUS": dead, "RESTRICTED": restricted, "ADDRESS": lost, "COMPLAINT": lambda bank: contact(bank, "COMPLAINT_RISK"), "DND": wish,
    "CONSENT": lambda bank: bank.consents(bank.zhao, "WITHDRAWN"), "COOL_OFF": lambda bank: contact(bank, "REFUSED"), "CAPS": capped,
    "HOURS": late,
}  # fmt: skip


@pytest.mark.parametrize("code", SITUATIONS)
def test_the_check_says_what_the_gate_says_of_the_kinds_that_the_rule_names(bank: Post, code: str) -> None:
    rule = next(one for one in policy.RULES if one.code == code)
    SITUATIONS[code](bank)
    bank.zhao.refresh_from_db()
    found = verdicts(bank)
    for kind in ("MARKETING", "GREETING", "SERVICE"):
        real = judge([bank.message(kind)], bank.now, in_force())[0].why
        assert found["SMS", kind] == real
        assert (real in rule.whys) == (kind in rule.kinds), kind
        Message.objects.filter(state="QUEUED").delete()


def test_a_customer_who_agreed_may_be_written_to_by_that_channel_only_and_nothing_is_kept(bank: Post) -> None:
    found = verdicts(bank)
    assert {kind: found["SMS", kind] for kind in ("MARKETING", "GREETING", "SERVICE")} == dict.fromkeys(
        ("MARKETING", "GREETING", "SERVICE"), ""
    )
    assert (found["APP", "MARKETING"], found["APP", "SERVICE"]) == ("CONSENT", "")
    assert (found["EMAIL", "SERVICE"], found["WECOM", "SERVICE"]) == ("NO_ADDRESS", "NO_ADDRESS")
    assert not Message.objects.exists() and Template.objects.count() == 3


def test_a_product_of_more_risk_than_he_bears_is_asked_for_but_not_of_service(bank: Post) -> None:
    found = verdicts(bank, more="?risk=3")
    assert (found["SMS", "MARKETING"], found["SMS", "GREETING"], found["SMS", "SERVICE"]) == (
        "SUITABILITY",
        "SUITABILITY",
        "",
    )
    assert verdicts(bank, more="?risk=2")["SMS", "MARKETING"] == ""
    told(bank, f"/customers/{bank.zhao.id}/may-contact?risk=6", "李", 422)


def test_until_when_a_message_waits_is_told(bank: Post) -> None:
    bank.now = datetime(2026, 11, 4, 20, 30, tzinfo=SHANGHAI)
    found = told(bank, f"/customers/{bank.zhao.id}/may-contact", "李")["verdicts"]
    sms = next(one for one in found if (one["channel"], one["kind"]) == ("SMS", "MARKETING"))
    assert sms["why"] == "HOURS" and datetime.fromisoformat(sms["until"]) == datetime(
        2026, 11, 5, 9, tzinfo=SHANGHAI
    )


def test_only_of_customers_whom_one_sees_and_masked_where_they_are(bank: Post) -> None:
    bank.with_branch("静安").with_manager("孙")
    told(bank, f"/customers/{bank.zhao.id}/may-contact", "孙", 404)
    assert told(bank, f"/customers/{bank.zhao.id}/may-contact", "合规")["customer"] == "赵*"
    assert told(bank, f"/customers/{bank.zhao.id}/may-contact", "李")["customer"] == "赵一"


def test_what_was_held_back_is_counted_by_reason_and_channel_among_one_s_own_customers(bank: Post) -> None:
    def refused(days: float, why: str = "CAP_WEEK", **more: Any) -> None:
        bank.message("GREETING", state="REFUSED", why=why, made_at=bank.now - timedelta(days=days), **more)

    refused(1)
    refused(8)
    refused(31)
    refused(1, "CONSENT")
    bank.message(state="QUEUED", why="HOURS")
    bank.message(state="FAILED", why="CAP_ALL")  # a provider's word for it: no rule held it
    found = {rule["code"]: rule for rule in told(bank, "/contact-policy")["rules"]}
    assert found["CAPS"]["held"] == [
        {"why": "CAP_WEEK", "channel": "SMS", "days_7": 1, "days_30": 2, "waiting": 0}
    ]
    assert found["CONSENT"]["held"] == [
        {"why": "CONSENT", "channel": "SMS", "days_7": 1, "days_30": 1, "waiting": 0}
    ]
    assert found["HOURS"]["held"] == [
        {"why": "HOURS", "channel": "SMS", "days_7": 0, "days_30": 0, "waiting": 1}
    ]
    bank.with_branch("静安").with_manager("孙")
    assert not any(rule["held"] for rule in told(bank, "/contact-policy", "孙")["rules"])


def test_a_threshold_is_told_with_its_source_and_the_change_to_come(
    bank: Post, settings: Any, tmp_path: Path
) -> None:
    over = tmp_path / "thresholds.yaml"
    over.write_text(
        "\n".join(
            f"- {{code: outreach.sms_week, value: {value}, unit: '', owner: 零售业务部, source: 行内制度, valid_from: {day},"
            " name_zh: 短信上限, name_en: Most texts}"
            for value, day in ((3, "2026-01-01"), (1, "2026-12-01"))
        ),
        encoding="utf-8",
    )
    settings.YINKE = replace(settings.YINKE, thresholds=over)
    caps = next(rule for rule in told(bank, "/contact-policy")["rules"] if rule["code"] == "CAPS")
    week = next(one for one in caps["thresholds"] if one["code"] == "outreach.sms_week")
    assert week == {
        "code": "outreach.sms_week", "name": "短信上限", "value": 3, "unit": "", "owner": "零售业务部", "source": "行内制度",
        "valid_from": "2026-01-01", "next_value": 1, "next_from": "2026-12-01",
    }  # fmt: skip
    capped(bank)
    assert verdicts(bank)["SMS", "GREETING"] == ""  # the gate goes by the very value that the page shows
    bank.message("GREETING", state="SENT", gone_at=bank.now - timedelta(hours=1))
    assert verdicts(bank)["SMS", "GREETING"] == "CAP_WEEK"


def test_who_reads_no_customers_reads_no_policy(bank: Post) -> None:
    bank.with_staff("审计", "AUDITOR", at="总行")
    told(bank, "/contact-policy", "审计", 403)


def test_figures_have_their_unit_and_no_english_stands_on_a_chinese_page(bank: Post) -> None:
    def told(language: str) -> dict[str, dict[str, Any]]:
        bank.staff["合规"].language = language
        bank.staff["合规"].save()
        answer = bank.client("合规").get("/api/contact-policy").json()
        return {one["code"]: one for rule in answer["rules"] for one in rule["thresholds"]}

    chinese, english = told("zh-hans"), told("en")
    units = {
        code: chinese[f"outreach.{code}"]["unit"]
        for code in ("lives_hours", "refused_days", "from_hour", "sms_week")
    }
    assert units == {"lives_hours": "HOURS", "refused_days": "DAYS", "from_hour": "CLOCK", "sms_week": ""}
    assert not [code for code, one in chinese.items() if re.search("[a-z]{4}", one["source"])]
    assert english["outreach.sms_week"]["source"] == "contact policy, industry default"
