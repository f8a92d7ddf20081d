"""What else went on in the demo bank, so that its pages show more than empty lists: done by its people themselves,
through the same services as in the browser, with the same checks, audit entries and history.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from yinke.access.models import User
from yinke.access.queries import viewer_of
from yinke.access.services import ask, name_substitute
from yinke.access.viewer import Viewer
from yinke.common.row_security import see_as, web_role
from yinke.customers.export_schemas import ExportIn
from yinke.customers.kept_schemas import BulkIn
from yinke.customers.list_models import BulkAction
from yinke.customers.models import Assignment, Customer, Handover
from yinke.customers.pool import pool
from yinke.customers.schemas import CustomerQuery
from yinke.customers.services import bulk_action, catalogue, export, handover
from yinke.customers.services.pool import claim
from yinke.customers.services.reveal import reveal
from yinke.demo.campaigns import draw_up
from yinke.demo.people import branch_no, head_no, hq_no, manager_no
from yinke.demo.points import reward_people
from yinke.demo.salons import hold_salons
from yinke.demo.texts import say
from yinke.privacy.services.record_consent import Said, newest_policy, record_consent
from yinke.privacy.services.rights import Asked, open_case, verify
from yinke.segments.services.decide import allow_outreach

FIRST, SECOND, HEAD, BRANCH = manager_no(0, 0), manager_no(0, 1), head_no(0), branch_no(0, 0)
HQ, COMPLIANCE, SECURITY, AGENT = hq_no(0), hq_no(1), hq_no(3), hq_no(6)
APPROACHED = ("elders_at_counter", "payroll_new", "mortgage_no_payroll", "assessment_expired_holding")
"""Ready segments that compliance has approved for outreach: of missions and campaigns."""
REVEALS = 21
"""One more within an hour than may be without an alert (``alert.reveals_per_hour``)."""
NEEDED = 30
"""Customers that each of the two managers must have."""


def _as(emp_no: str) -> Viewer:
    """From now on in this transaction, this person works."""
    viewer = viewer_of(User.objects.select_related("org").get(emp_no=emp_no))
    see_as(viewer.user_id, viewer.looks_after, viewer.org_ids, reads_customers=viewer.may("customer.read"))
    return viewer


def _of(emp_no: str) -> list[int]:
    """A manager's customers by id: the same in every bank that was made alike."""
    found = Assignment.objects.filter(user__emp_no=emp_no, rel_type="MAIN", end_date=None)
    return list(found.order_by("customer_id").values_list("customer_id", flat=True))


def play(today: date | None = None) -> bool:
    """Handovers, exports, requests, an alert, lists, tags and texts, as of today.

    Returns:
        Whether anything was done: not in a bank of too few customers, nor a second time.
    """
    first, second = _of(FIRST), _of(SECOND)
    if min(len(first), len(second)) < NEEDED or Handover.objects.exists() or BulkAction.objects.exists():
        return False
    today = today or timezone.localdate()
    numbers = dict(Customer.objects.filter(id__in=first).values_list("id", "cust_no"))
    finder = viewer_of(User.objects.select_related("org").get(emp_no=FIRST))
    free = pool(finder).order_by("-metrics__aum", "id").first()
    with transaction.atomic(), web_role():
        _handovers(first, second)
        if free is not None:
            claim(_as(FIRST), free.id)
        _lists_and_tags(first)
        _exports()
        _requests(first, numbers)
        say(first, _as, HQ, COMPLIANCE, FIRST)
        hold_salons(_as, HQ, COMPLIANCE, HEAD, {FIRST: first[:14], SECOND: second[:6]}, today)
        for code in APPROACHED:
            allow_outreach(_as(COMPLIANCE), code, allowed=True)
        reward_people(_as, HQ, COMPLIANCE, FIRST, first, today)
        draw_up(_as, HQ, COMPLIANCE, today)
        people = User.objects.in_bulk([FIRST, SECOND], field_name="emp_no")
        absent, stand_in = people[SECOND].id, people[FIRST].id
        name_substitute(_as(HEAD), absent, stand_in, today + timedelta(days=3), today + timedelta(days=7))
        ask(_as(SECURITY), "GRANT", user_id=absent, role="WM", reason="已取得基金销售资格，转任理财经理")
        manager = _as(SECOND)
        for customer in second[:REVEALS]:
            reveal(manager, customer, "mobile", "CALL")
    return True


def _handovers(first: list[int], second: list[int]) -> None:
    ids = dict(User.objects.filter(emp_no__in=(FIRST, SECOND)).values_list("emp_no", "id"))
    one, other = ids[FIRST], ids[SECOND]
    waits = handover.make(_as(SECOND), other, one, "CAPACITY", second[-3:], "客户常住城东，离我行更近")
    handover.submit(_as(SECOND), waits.id)
    to_approve = handover.make(
        _as(FIRST), one, other, "CUSTOMER", first[-2:], "客户希望由原客户经理的同事接手"
    )
    handover.submit(_as(FIRST), to_approve.id)
    handover.accept(_as(SECOND), to_approve.id)
    tomorrow = handover.make(_as(SECOND), other, one, "TIER_UP", second[-5:-3])
    handover.submit(_as(SECOND), tomorrow.id)
    handover.accept(_as(FIRST), tomorrow.id)
    handover.approve(_as(HEAD), tomorrow.id)


def _lists_and_tags(first: list[int]) -> None:
    catalogue.make_tag(_as(HQ), "养老规划", 365)
    tag = catalogue.make_tag(_as(HEAD), "常来网点", None)
    manager = _as(FIRST)
    some = BulkIn(kind="TAG_ADD", target=tag.id, ids=first[:4])
    bulk_action.carry_out(
        manager, some.model_copy(update={"expected": len(bulk_action.plan(manager, some).ids)})
    )
    roster = catalogue.make_list(manager, "年底到期回访", shared=True)
    some = BulkIn(kind="LIST_ADD", target=roster.id, ids=first[2:10])
    bulk_action.carry_out(
        manager, some.model_copy(update={"expected": len(bulk_action.plan(manager, some).ids)})
    )
    policy = newest_policy("MARKETING_WECOM")
    said = Said("MARKETING_WECOM", "GRANTED", "COUNTER", "demo-consent", policy.id, "柜面单据 0001")
    record_consent(manager, first[0], said)


def _exports() -> None:
    head = _as(HEAD)
    rich = CustomerQuery(tier=[3, 4, 5])
    fields = ["cust_no", "name", "tier", "aum", "manager"]
    export.request_export(
        head, ExportIn(purpose="年末贵宾客户回访排班", recipient="支行晨会", fields=fields, query=rich)
    )
    plain = ExportIn(
        purpose="贵宾客户年历寄送", recipient="印刷厂（已签保密协议）", fields=[*fields, "mobile"], plain=["mobile"],
        query=rich,
    )  # fmt: skip
    asked = export.request_export(head, plain)
    export.decide(_as(BRANCH), asked.id, approve=True, rows=asked.rows)


def _requests(first: list[int], numbers: dict[int, str]) -> None:
    agent = _as(AGENT)
    copy = open_case(agent, Asked("ACCESS", "PHONE", "想知道贵行存了我哪些信息"), cust_no=numbers[first[10]])
    verify(agent, copy.id, "CALL_BACK")
    open_case(
        _as(FIRST), Asked("DELETE", "COUNTER", "名下账户已转走，请删除我的个人信息"), customer_id=first[11]
    )
