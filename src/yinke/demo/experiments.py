"""The demo bank's experiments: planned by its head office, drawn by its own nights, measured in its own balances.

What the demo's customers do does not hang on whether anybody calls them (``demo/generate``), so the truth is that care has no
effect here; an honest report says that it shows none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from yinke.access.models import User
from yinke.access.queries import viewer_of
from yinke.access.viewer import Viewer
from yinke.customers.models import Customer
from yinke.demo.people import hq_no
from yinke.effect.models import Experiment, Look
from yinke.effect.services import decide
from yinke.effect.services.follow import report_of
from yinke.nightly.people import TASK_DAYS

MAKER, CHECKER = hq_no(0), hq_no(1)
OVER = decide.Plan(
    name="临界客户一周内回访", note="客户临近升级或降级时一周内联系，资金是否多留下来。", events=["E08", "E09"], share=30, measure="KEPT",
    horizon_days=7, enrol_days=7, planned=5_000,
)  # fmt: skip
RUNNING = decide.Plan(
    name="生日问候是否留住资产", note="生日前后由客户经理问候，一周后户均资产是否更高。", events=["E11"], share=30, measure="AUM",
    horizon_days=7, enrol_days=60, planned=1_000,
)  # fmt: skip
WAITING = decide.Plan(
    name="手机银行沉默客户唤醒", note="给久未登录的客户打电话，两个月后资产是否更高。", events=["E14"], share=20, measure="KEPT",
    horizon_days=60, enrol_days=90, planned=1_000,
)  # fmt: skip


def begin(last: date) -> None:
    """Plan, approve and start the experiments before the first tasks of the nights up to ``last`` are made."""
    if Experiment.objects.exists():
        return
    expected = max(decide.PLANNED[0], Customer.objects.count() // 12)
    people = {emp_no: _person(emp_no) for emp_no in (MAKER, CHECKER)}
    for asked in (OVER, RUNNING):
        found = decide.plan(people[MAKER], replace(asked, planned=expected))
        decide.approve(people[CHECKER], found.id)
        decide.start(people[MAKER], found.id, on=last - timedelta(days=TASK_DAYS - 1))
    decide.plan(people[MAKER], WAITING)


def tell_again() -> None:
    """Look anew at the newest night, now that the managers' contacts of those days are on record."""
    newest = Look.objects.order_by("experiment", "-biz_date").distinct("experiment")
    for look in newest.select_related("experiment"):
        look.result = report_of(look.experiment, look.biz_date).as_dict()
        look.save(update_fields=["result"])


def _person(emp_no: str) -> Viewer:
    return viewer_of(User.objects.select_related("org").get(emp_no=emp_no))
