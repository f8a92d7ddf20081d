"""流失预警: scores become alerts, alerts a board; contacts, feedback and objections change what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.bank import TODAY, a_day
from tests.care.nights import ONE, TaskBank, event
from yinke.access.models import AuditEntry
from yinke.care.models import Task
from yinke.care.services.follow import follow
from yinke.care.services.record_contact import Account, record_contact
from yinke.care.services.withdraw import withdraw
from yinke.common.errors import NotAllowed
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Assignment
from yinke.lake.engine import Engine
from yinke.privacy.consents import objecting
from yinke.privacy.services.record_consent import Said, record_consent
from yinke.scoring.models import ChurnAlert, ScoreFeedback
from yinke.scoring.services.alerts import take_scores
from yinke.scoring.services.feedback import Told, explained, tell
from yinke.segments.kept import members_store
from yinke.segments.moves import now
from yinke.segments.night import refresh_members

pytestmark = pytest.mark.django_db
JSON = "application/json"


class AlertBank(TaskBank):
    """Its nights bring scores: (customer, band, probability, AUM)."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        super().__init__(folder)
        self.engine = engine
        self.with_staff("运营", "HQ_OPS", at="总行").with_staff("合规", "COMPLIANCE", at="总行")
        self.third = self.customer("孙三", aum=900_000)

    def scores(
        self, on: date, *rows: tuple[Any, str, float, int], stands: Mapping[Any, Mapping[str, Any]] | None = None,
        first: tuple[str, float] = ("age", 66.0), **told: Any,
    ) -> dict[str, int]:  # fmt: skip
        """A night. ``stands``: the day's snapshot by customer; ``first``: the weightiest reason."""
        notes = {"model": 1, "scored": len(rows), "bands": {}, "psi": {}, "score_psi": None, **told}
        made = [
            {
                "cust_id": who.id, "model": 1, "band": band, "probability": p, "aum": aum, "aum_at_risk": round(aum * p),
                "base": 600_000, "reason_1": first[0], "value_1": first[1], "reason_2": "own_out", "value_2": 0.4,
            }
            for who, band, p, aum in rows
        ]  # fmt: skip
        tables = {} if told.get("blocked") else {"score": made}
        if stands is not None:
            tables["snapshot"] = [
                {"cust_id": who.id, "status": "NORMAL", "tier": 2, **row} for who, row in stands.items()
            ]
        day = a_day(self.lake, on, {"scores": notes}, **tables)
        return take_scores(self.engine, self.lake, day, load_thresholds(None).at(on), objecting())

    def ask(self, who: str, path: str, **query: Any) -> Any:
        answer = self.client(who).get(f"/api/{path}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def names(self, who: str, **query: Any) -> list[str]:
        return [row["name"] for row in self.ask(who, "churn/alerts", **query)["rows"]]


@pytest.fixture
def bank(db: None, tmp_path: Path, duck: Engine, settings: Any) -> AlertBank:
    found = AlertBank(tmp_path, duck)
    settings.YINKE = replace(django_settings.YINKE, lake=tmp_path)
    return found


def test_an_alert_begins_goes_on_ends_and_comes_back(bank: AlertBank) -> None:
    zhao, qian = bank.zhao, bank.qian
    assert bank.scores(TODAY, (zhao, "HIGH", 0.6, 500_000), (qian, "LOW", 0.01, 90_000))["alerts"] == 1
    assert bank.scores(TODAY, (zhao, "HIGH", 0.6, 500_000))["alerts"] == 0  # twice is once
    bank.scores(TODAY + ONE, (zhao, "MEDIUM", 0.2, 450_000), (qian, "MEDIUM", 0.1, 90_000))
    alert = ChurnAlert.objects.get(customer=zhao)
    assert (alert.entered_on, alert.band, alert.aum_at_risk, alert.manager) == (
        TODAY,
        "MEDIUM",
        90_000,
        bank.li,
    )
    assert bank.scores(TODAY + 2 * ONE, (qian, "HIGH", 0.5, 90_000))["ended"] == 1
    bank.scores(TODAY + 3 * ONE, blocked="drift", blocked_features=["mda"])  # alerts stand as they are
    card = bank.ask("王", f"customers/{qian.id}/churn")
    assert (card["state"], card["day"], card["band"]) == (
        "SCORED",
        f"{TODAY + 2 * ONE}",
        "HIGH",
    )  # as the last score was
    assert ChurnAlert.objects.filter(ended_on=None).count() == 1
    bank.scores(TODAY + 4 * ONE, (zhao, "HIGH", 0.7, 400_000))
    alert.refresh_from_db()
    assert (alert.entered_on, alert.ended_on) == (TODAY, None)  # within a week: the same alert
    bank.scores(TODAY + 5 * ONE)
    bank.scores(TODAY + 20 * ONE, (zhao, "HIGH", 0.7, 400_000))
    assert ChurnAlert.objects.filter(customer=zhao).count() == 2


def test_what_was_decided_is_over_and_a_date_taken_again_leaves_the_same(bank: AlertBank) -> None:
    zhao, qian = bank.zhao, bank.qian
    bank.scores(TODAY, (zhao, "HIGH", 0.6, 500_000), (qian, "MEDIUM", 0.1, 90_000))
    bank.scores(TODAY, (zhao, "HIGH", 0.6, 500_000))  # corrected: it never was
    assert list(ChurnAlert.objects.values_list("customer", flat=True)) == [zhao.id]
    bank.scores(TODAY + ONE, (zhao, "HIGH", 0.7, 480_000))
    bank.scores(
        TODAY, (zhao, "MEDIUM", 0.2, 100), (qian, "HIGH", 0.9, 90_000)
    )  # later ones are taken already
    assert list(ChurnAlert.objects.values_list("customer", "probability")) == [(zhao.id, 0.7)]
    bank.scores(TODAY + 2 * ONE)
    ChurnAlert.objects.update(outcome="SAVED", decided_on=TODAY + 2 * ONE)
    assert bank.scores(TODAY + 3 * ONE, (zhao, "HIGH", 0.7, 400_000))["alerts"] == 1
    assert [(a.outcome, a.ended_on) for a in ChurnAlert.objects.order_by("id")] == [
        ("SAVED", TODAY + 2 * ONE), ("", None),
    ]  # fmt: skip


def test_three_months_later_it_is_known_who_left(bank: AlertBank) -> None:
    """The alerts of a month are decided by the label; those of the months before and after are not."""
    (zhao, qian, third), ends = (
        (bank.zhao, bank.qian, bank.third),
        [date(2026, m, d) for m, d in ((7, 31), (8, 31), (9, 30), (10, 31))],
    )
    held = {zhao: (100_000, 40_000), qian: (90_000, 88_000), third: (900_000, 100_000)}
    for name in ("早", "晚"):
        held[bank.customer(name)] = (100_000, 10_000)
    early, late = list(held)[3:]

    def stands(place: int, **third_is: Any) -> dict[Any, dict[str, Any]]:
        return {
            who: {"mda": amounts[place], "mda_m1": amounts[place], "mda_m2": amounts[place], "open_accounts": 1, **(third_is if who is third else {})}
            for who, amounts in held.items()
        }  # fmt: skip

    bank.scores(ends[0] - 9 * ONE, (early, "HIGH", 0.6, 100_000))
    alarms = [(who, "HIGH", 0.6, 100_000) for who in (zhao, qian, third)]
    bank.scores(ends[0], (early, "HIGH", 0.6, 100_000), stands=stands(0))
    bank.scores(ends[0] + 9 * ONE, (early, "HIGH", 0.6, 100_000), *alarms)
    assert bank.scores(ends[1], (late, "HIGH", 0.9, 100_000), stands=stands(0))["decided"] == 0
    assert bank.scores(ends[2], stands=stands(1))["decided"] == 0
    assert bank.scores(ends[3] - ONE, stands=stands(1))["decided"] == 0  # no month's end
    told = bank.scores(ends[3], stands=stands(1, status="DECEASED"))
    assert told["decided"] == 3
    found = {alert.customer: alert for alert in ChurnAlert.objects.select_related("customer")}
    assert {who: found[who].outcome for who in held} == {
        zhao: "LOST", qian: "SAVED", third: "EXPLAINED", early: "", late: "",
    }  # fmt: skip
    assert {found[who].decided_on for who in (zhao, qian, third)} == {ends[3]}
    assert bank.ask("张行长", "churn/summary")["outcomes"] == {
        "OPEN": 0,
        "LOST": 1,
        "SAVED": 1,
        "EXPLAINED": 1,
    }
    assert bank.names("张行长", state="LOST") == ["赵一"]
    assert bank.scores(ends[3], stands=stands(1, status="DECEASED"))["decided"] == 0  # once


def test_what_was_done_before_an_alert_is_no_action_on_it(bank: AlertBank) -> None:
    later = date.today() + 40 * ONE
    bank.scores(later, (bank.zhao, "HIGH", 0.6, 500_000))
    account = Account(channel="PHONE", result="CONSIDER", request_key="churn-contact-2")
    record_contact(bank.viewer("李"), bank.zhao.id, account)
    assert ChurnAlert.objects.get().acted_at is None


def test_a_drift_worth_a_warning_is_in_the_audit_trail(bank: AlertBank) -> None:
    for n, psi in enumerate(({"mda": 0.19}, {"mda": 0.31, "age": 0.25, "tier": 0.1})):
        bank.scores(TODAY + n * ONE, (bank.zhao, "HIGH", 0.6, 500_000), psi=psi, score_psi=0.28)
    bank.scores(
        TODAY + 2 * ONE, blocked="drift", blocked_features=["mda"], psi={"mda": 0.9}
    )  # that is told otherwise
    alarms = AuditEntry.objects.filter(action="model.drift").order_by("id").values_list("object_id", "reason")
    assert list(alarms) == [
        ("churn/1", f"{TODAY}: score"), ("churn/1", f"{TODAY + ONE}: mda, score, age"),
    ]  # fmt: skip


def test_the_board_shows_each_what_is_theirs(bank: AlertBank) -> None:
    night = TODAY + 7 * ONE
    bank.scores(TODAY, (bank.zhao, "HIGH", 0.6, 500_000))
    bank.scores(
        night,
        (bank.zhao, "HIGH", 0.5, 400_000),
        (bank.qian, "HIGH", 0.9, 90_000),
        (bank.third, "MEDIUM", 0.1, 900_000),
    )
    assert bank.names("李") == ["赵一", "孙三"]
    assert bank.names("王") == ["钱二"]
    assert bank.names("张行长") == ["赵一", "孙三", "钱二"]
    assert bank.names("张行长", band="HIGH", new=True) == ["钱二"]
    assert bank.names("张行长", manager=bank.wang.id) == ["钱二"]
    assert (
        bank.names("张行长", tier=2) == ["钱二"]
        and bank.names("张行长", org=bank.outlet.id, sort="entered")[-1] == "赵一"
    )
    (row,) = bank.ask("王", "churn/alerts")["rows"]
    assert (row["held"], row["is_new"], row["outcome"], row["aum_at_risk"]) == (
        0.15,
        True,
        "OPEN",
        "81000.00",
    )
    assert row["reasons"] == [
        "近一月转往本人他行账户的为日均的 40%",
        "66 岁",
    ]  # what happens before who it is
    found = bank.ask("张行长", "churn/summary")
    high = found["bands"][0]
    assert (found["night"], high["customers"], high["aum_at_risk"], high["new"]) == (
        f"{night}",
        2,
        "281000.00",
        1,
    )
    assert [(line["user"]["name"], line["customers"]) for line in found["managers"]] == [("李", 2), ("王", 1)]
    assert bank.ask("李", "churn/summary")["orgs"] == []
    masked = bank.ask("运营", "churn/alerts")
    assert masked["banded"] and masked["rows"][0]["name"] == "赵*" and masked["rows"][0]["aum"] == "200000"
    assert bank.ask("运营", "churn/summary")["bands"][0]["aum"] == "200000"  # of so few no exact sum
    assert bank.client("合规").get("/api/churn/summary").status_code == 403
    (org,) = bank.ask("运营", "churn/summary")["orgs"]
    assert (org["name"], org["customers"]) == ("徐汇", 3)


def test_the_summary_counts_what_stands_and_what_nobody_has_touched(bank: AlertBank) -> None:
    bank.scores(TODAY - 8 * ONE, (bank.zhao, "HIGH", 0.6, 500_000), (bank.third, "HIGH", 0.6, 900_000))
    bank.scores(TODAY, (bank.zhao, "HIGH", 0.6, 500_000), (bank.qian, "HIGH", 0.9, 90_000))
    account = Account(channel="PHONE", result="CONSIDER", request_key="churn-contact-3")
    record_contact(bank.viewer("李"), bank.zhao.id, account)
    high, medium = bank.ask("张行长", "churn/summary")["bands"]
    assert (high["customers"], high["new"], high["idle"], high["aum"]) == (2, 1, 1, "590000.00")
    assert (medium["customers"], medium["aum_at_risk"]) == (0, "0")
    assert bank.ask("张行长", "churn/summary")["outcomes"] == {"OPEN": 2}
    assert bank.names("张行长", state="ENDED") == ["孙三"]


def test_head_office_looks_at_one_branch_at_a_time(bank: AlertBank) -> None:
    bank.with_branch("静安").with_manager("周").with_customer("吴四", aum=700_000)
    wu = bank.customers["吴四"]
    bank.scores(TODAY, (bank.zhao, "HIGH", 0.6, 500_000), (wu, "MEDIUM", 0.1, 700_000))
    assert bank.names("运营") == ["赵*", "吴*"] and bank.names("运营", org=bank.orgs["静安"].id) == ["吴*"]
    there = bank.ask("运营", "churn/summary", org=bank.orgs["静安"].id)
    assert [band["customers"] for band in there["bands"]] == [0, 1]
    assert bank.names("张行长", org=bank.orgs["静安"].id) == []  # of another branch he sees nothing


def test_who_sees_no_exact_amounts_is_told_none_among_the_reasons(bank: AlertBank) -> None:
    bank.scores(TODAY, (bank.zhao, "HIGH", 0.6, 500_000), first=("mda", 512_345.0))
    whole, masked = (bank.ask(who, "churn/alerts")["rows"][0]["reasons"] for who in ("李", "运营"))
    assert any("51" in reason for reason in whole)
    assert not any("51" in reason for reason in masked) and len(masked) == len(whole) - 1


def test_a_contact_is_an_action_until_it_is_taken_back(bank: AlertBank) -> None:
    bank.scores(TODAY - 9 * ONE, (bank.zhao, "HIGH", 0.6, 500_000))
    assert bank.names("李", idle=True) == ["赵一"]
    account = Account(channel="PHONE", result="CONSIDER", request_key="churn-contact-1")
    contact = record_contact(bank.viewer("李"), bank.zhao.id, account)
    assert bank.names("李", idle=True) == []
    assert bank.ask("李", "churn/alerts")["rows"][0]["last_contact"]["result"] == "CONSIDER"
    withdraw(bank.viewer("李"), contact.id)
    assert bank.names("李", idle=True) == ["赵一"]


def test_alerts_follow_a_customer_who_changes_hands(bank: AlertBank) -> None:
    bank.scores(TODAY, (bank.zhao, "HIGH", 0.6, 500_000))
    Assignment.objects.filter(customer=bank.zhao).update(user=bank.wang)
    follow([bank.zhao.id], [bank.li.id])
    assert bank.names("李") == [] and bank.names("王") == ["赵一"]
    assert bank.ask("张行长", "churn/summary")["managers"][0]["user"]["name"] == "王"


def told(bank: AlertBank, who: str, reason: str, note: str = "", status: int = 200) -> Any:
    path = f"/api/customers/{bank.zhao.id}/churn/feedback"
    answer = bank.client(who).post(path, {"reason": reason, "note": note}, content_type=JSON)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_manager_says_why_a_score_is_not_true(bank: AlertBank) -> None:
    assert bank.ask("李", f"customers/{bank.zhao.id}/churn")["state"] == "NO_MODEL"
    bank.scores(TODAY - ONE, (bank.zhao, "MEDIUM", 0.2, 500_000))
    bank.scores(TODAY, (bank.zhao, "HIGH", 0.6, 400_000))
    card = bank.ask("李", f"customers/{bank.zhao.id}/churn")
    assert (card["state"], card["band"], card["may_tell"], card["entered_on"]) == (
        "SCORED",
        "HIGH",
        True,
        f"{TODAY - ONE}",
    )
    assert [(point["day"], point["band"]) for point in card["history"]] == [
        (f"{TODAY - ONE}", "MEDIUM"),
        (f"{TODAY}", "HIGH"),
    ]
    assert card["history"][1]["reasons"] == card["reasons"][:2] != [] and card["actions"]
    assert (
        bank.ask("运营", f"customers/{bank.zhao.id}/churn")["may_tell"] is False
    )  # no button where the door is shut
    assert told(bank, "李", "OTHER", status=400)["code"] == "note_missing"
    assert told(bank, "李", "HOUSE", "电话 13812345678", 400)["code"] == "note_personal"
    assert told(bank, "李", "HOUSE", "x" * 201, 400)["code"] == "note_too_long"
    told(bank, "王", "HOUSE", status=404)
    told(bank, "运营", "HOUSE", status=403)
    with pytest.raises(NotAllowed):  # the door is not the only lock
        tell(bank.viewer("运营"), bank.zhao, Told(TODAY, 1, "HIGH", 0.6), "HOUSE", "")
    told(bank, "李", "STAYS", "老客户，只是换账户")
    values = load_thresholds(None).at(TODAY)
    assert explained(values) == []  # an opinion explains no fall
    (said,) = told(bank, "李", "HOUSE", "首付款")["feedback"]
    assert (said["reason"], said["mine"], said["explains"], said["by"]) == ("HOUSE", True, True, "李")
    assert explained(values) == [(bank.zhao.id, TODAY)]
    assert ScoreFeedback.events.rel.related_model.objects.filter(reason="STAYS").exists()  # type: ignore[attr-defined]
    assert bank.names("李", idle=True) == []
    assert bank.ask("张行长", "churn/alerts")["rows"][0]["feedback"] == "HOUSE"
    path = f"/api/customers/{bank.zhao.id}/churn/feedback/{said['id']}/withdraw"
    assert bank.client("张行长").post(path).status_code == 404
    assert bank.client("李").post(path).json()["feedback"] == []
    assert explained(values) == []
    reasons = (
        AuditEntry.objects.filter(action="score.feedback").order_by("id").values_list("reason", flat=True)
    )
    assert list(reasons) == [f"{TODAY} STAYS", f"{TODAY} HOUSE", f"{TODAY} withdrawn"]


def test_who_objects_to_automated_decisions_is_scored_and_shown_no_more(bank: AlertBank) -> None:
    bank.scores(TODAY, (bank.zhao, "HIGH", 0.6, 500_000), (bank.third, "HIGH", 0.6, 500_000))
    bank.night(event("E25", bank.zhao), event("E25", bank.third), event("E01", bank.third))
    said = Said("PROFILING", "REFUSED", "COUNTER", "objection-1")
    for customer in (bank.zhao, bank.third):
        record_consent(bank.viewer("李"), customer.id, replace(said, request_key=f"objection-{customer.id}"))
    assert bank.names("李") == []
    assert bank.ask("李", f"customers/{bank.zhao.id}/churn") == {**bank.ask("李", f"customers/{bank.zhao.id}/churn"), "state": "OBJECTED", "band": None, "history": []}  # fmt: skip
    assert Task.objects.get(customer=bank.zhao).status == "CANCELLED"
    task = Task.objects.get(customer=bank.third)  # there is another reason
    assert task.status == "NEW" and [reason.type for reason in task.reasons.all()] == ["E01"]
    assert objecting() == {bank.zhao.id, bank.third.id}
    bank.scores(TODAY + timedelta(days=1), (bank.zhao, "HIGH", 0.6, 500_000))
    assert not ChurnAlert.objects.exists()
    told(bank, "李", "HOUSE", status=404)


def test_alerts_are_tags_of_a_model_which_an_objection_takes_away_at_once(bank: AlertBank) -> None:
    bank.scores(TODAY, (bank.zhao, "HIGH", 0.6, 500_000), (bank.qian, "MEDIUM", 0.1, 90_000))
    people = [{"cust_id": who.id, "aum": 90_000} for who in (bank.zhao, bank.qian, bank.third)]
    day = a_day(bank.lake, TODAY + ONE, snapshot=people)
    refresh_members(bank.engine, bank.lake, day, load_thresholds(None).at(day.biz_date))
    members = members_store()

    def tagged(code: str) -> set[int]:
        return set(now(members, f"tag:{code}"))

    assert (tagged("churn_high"), tagged("churn_medium")) == ({bank.zhao.id}, {bank.qian.id})
    said = Said("PROFILING", "REFUSED", "COUNTER", "objection-tag")
    record_consent(bank.viewer("李"), bank.zhao.id, said)
    assert (tagged("churn_high"), tagged("churn_medium")) == (set(), {bank.qian.id})


def test_an_empty_board_says_why(bank: AlertBank) -> None:
    empty = bank.ask("运营", "churn/summary")
    assert (empty["night"], empty["released"], empty["may_release"]) == (None, False, True)
    assert not bank.ask("李", "churn/summary")["may_release"]
    bank.scores(TODAY, blocked="missing", blocked_features=["age"])
    assert bank.ask("李", "churn/summary")["blocked_on"] == f"{TODAY}"
