"""分派: a branch manager gives a task to one of the branch's people."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from yinke.access.models import User
from yinke.access.services.audit import audit
from yinke.access.standing import roles_with
from yinke.access.viewer import Viewer
from yinke.care.models import OPEN, Task
from yinke.care.queries.day import today
from yinke.care.services.rank import move_up
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.thresholds import load_thresholds
from yinke.customers.services.lend import lend


def assign(viewer: Viewer, task: Task, user_id: int) -> None:
    """Give an open task to an active manager below the viewer's org; it stays his over the next nights.

    It goes onto his list even above the cap: somebody decided so. Until the task is closed he sees the
    customer as a co-manager.

    Raises:
        NotAllowed: the viewer heads no branch.
        NotFound: no such member of staff in the viewer's branch.
        YinkeError: the person has left or has no list of tasks, or the task is closed.
    """
    if not viewer.may("branch.read") or not viewer.may("task.work"):
        raise NotAllowed("Only a branch manager assigns tasks", remedy="Ask your branch manager")
    user = User.objects.filter(id=user_id).first()
    if user is None or (viewer.org_ids is not None and user.org_id not in viewer.org_ids):
        raise NotFound(
            "No such member of staff in your branch", place="user_id", remedy="Choose one of the team"
        )
    if not user.is_active or user.role not in roles_with("workbench"):
        raise YinkeError(
            "This person works no tasks",
            place="user_id",
            code="works_no_tasks",
            remedy="Choose an active manager of the team",
        )
    day = today()
    cap = int(load_thresholds(settings.YINKE.thresholds).at(day.workday)["task.cap"])
    with transaction.atomic():
        task = Task.objects.select_for_update().get(id=task.id)
        if task.status not in OPEN:
            raise YinkeError("The task is closed", place="task", code="task_closed", remedy="Reload the list")
        before = task.assignee_id
        task.assignee, task.assigned_by_id, task.is_overflow = user, viewer.user_id, False
        task.save(update_fields=["assignee", "assigned_by", "is_overflow"])
        lend(task.customer_id, user.id, day.workday)
        if before != user.id:
            move_up(before, day.workday, cap)
        audit(viewer, "task.assign", "task", str(task.id), reason=user.emp_no)
