"""手工待办: plan a contact of one or several customers, and take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from ninja import Router

from yinke.access.auth import can, viewer_from
from yinke.access.viewer import Viewer
from yinke.care.queries.day import today
from yinke.care.schemas import HandIn, HandLine, HandPlan, HandTakeBackIn, HandTaskIn, TakenBack
from yinke.care.services.by_hand import Line, Wish, lines, make_by_hand, take_back
from yinke.common.thresholds import load_thresholds
from yinke.common.workdays import is_workday
from yinke.customers.shape import person
from yinke.customers.shown import shown_name

router = Router(tags=["care"])


@router.post("/tasks/by-hand/check", response=HandPlan, auth=can("task.work"))
def check_hand_tasks(request: HttpRequest, body: HandIn) -> HandPlan:
    """For whom of the customers such a task may be made, and if not, why: held out, not to be approached, planned already."""
    viewer = viewer_from(request)
    return _plan(viewer, lines(viewer, body.customer_ids, body.kind))


@router.post("/tasks/by-hand", response=HandPlan, auth=can("task.work"))
def make_hand_tasks(request: HttpRequest, body: HandTaskIn) -> HandPlan:
    """Make the tasks that may be; refused if none may. The same ``request_key`` twice is once."""
    viewer = viewer_from(request)
    wish = Wish(body.kind, body.due_on, body.note, body.request_key)
    return _plan(viewer, make_by_hand(viewer, body.customer_ids, wish))


@router.post("/tasks/by-hand/withdraw", response=TakenBack, auth=can("task.work"))
def withdraw_hand_tasks(request: HttpRequest, body: HandTakeBackIn) -> TakenBack:
    """Take one's own request back within 10 minutes; what was contacted meanwhile stays."""
    viewer = viewer_from(request)
    return TakenBack(tasks=take_back(viewer, body.customer_ids, body.kind, body.request_key))


def _plan(viewer: Viewer, found: Sequence[Line]) -> HandPlan:
    day = today()
    ahead = int(load_thresholds(settings.YINKE.thresholds).at(day.workday)["contact.next_days"])
    days = [day.workday + timedelta(days=n) for n in range((day.promises - day.workday).days + ahead + 1)]
    return HandPlan(
        lines=[
            HandLine(
                customer_id=line.customer.id, name=shown_name(viewer, line.customer), refusal=line.refusal,
                experiment=line.experiment, assignee=person(line.assignee) if line.assignee else None,
                task_id=line.task_id,
            )
            for line in found
        ],
        workdays=[one for one in days if is_workday(one)],
    )  # fmt: skip
