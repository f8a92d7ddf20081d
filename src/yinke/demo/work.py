"""What the demo bank's managers did with the tasks of the last weeks, so that its pages show a living bank.

Each manager has a diligence of his own: of a task that was a night old or more he did 70 to 97 of a hundred,
mostly on the day after it was made. Seven calls in ten reach the customer (an ordinary rate of outbound
calls to one's own customers). The draws hang on the task's key only: the same bank has the same past.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from yinke.access.models import User
from yinke.care.models import ContactRecord, Task
from yinke.care.services.follow_alerts import follow_alerts

SHANGHAI = ZoneInfo("Asia/Shanghai")
_R, _C = ContactRecord.Result, ContactRecord.Channel

RESULTS: Sequence[tuple[str, int, Sequence[str]]] = (
    (_R.CONSIDER, 24, ("要和家人商量，下周再联系", "想先看看利率，发了产品说明", "在外地，月底回来再谈")),
    (_R.INTERESTED, 18, ("对大额存单有兴趣，约好带资料", "想了解稳健型产品，先做风评", "")),
    (_R.DEAL, 10, ("到期款已续存三年", "转回 5 万，做了定期", "")),
    (_R.APPOINT, 9, ("周四下午到网点", "约了支行面谈")),
    (_R.REFUSED, 8, ("暂时没有需要", "")),
    (_R.NO_ANSWER, 18, ("",)),
    (_R.BUSY, 7, ("",)),
    (_R.OFF, 4, ("",)),
    (_R.HANG_UP, 2, ("",)),
)
"""Result, its share of a hundred, and what managers then note."""
CHANNELS = ((_C.PHONE, 70), (_C.WECOM, 20), (_C.BRANCH, 10))


def _draw(purpose: str, key: object, below: int) -> int:
    digest = hashlib.blake2b(f"{purpose}|{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % below


def _pick(purpose: str, key: object, shares: Sequence[tuple[str, int]]) -> str:
    rest = _draw(purpose, key, sum(share for _, share in shares))
    for name, share in shares:
        if rest < share:
            return name
        rest -= share
    raise AssertionError(purpose)  # pragma: no cover


def _contact(task: Task, user: User, key: str, newest: date) -> ContactRecord:
    spare = (newest - task.biz_date).days
    day = task.biz_date + timedelta(days=1 + min(_draw("delay", key, 3) // 2, spare - 1))
    minutes = _draw("minute", key, 360)  # 09:00 to 12:00 and 14:00 to 17:00
    clock = time(9 + minutes // 60 + (2 if minutes >= 180 else 0), minutes % 60)
    result = _pick("result", key, [(name, share) for name, share, _ in RESULTS])
    notes = next(texts for name, _, texts in RESULTS if name == result)
    connected = result not in ContactRecord.NOT_CONNECTED
    return ContactRecord(
        customer_id=task.customer_id, task=task, user=user, result=result,
        channel=_pick("channel", key, CHANNELS) if connected else _C.PHONE,
        at=datetime.combine(day, clock, SHANGHAI), biz_date=day, note=notes[_draw("note", key, len(notes))],
        request_key=f"demo-{hashlib.blake2b(key.encode(), digest_size=8).hexdigest()}",
    )  # fmt: skip


@transaction.atomic
def work_off(newest: date) -> int:
    """Record the contacts of the weeks before the business date ``newest`` and close their tasks.

    Returns:
        Contacts recorded; 0 if the demo's managers have worked before.
    """
    if ContactRecord.objects.exists():
        return 0
    contacts: list[ContactRecord] = []
    tasks: list[Task] = []
    waiting = Task.objects.filter(
        assignee__isnull=False, biz_date__lt=newest, status__in=("NEW", "EXPIRED")
    ).select_related("customer", "assignee")
    for task in waiting.order_by("id"):
        key = f"{task.customer.cust_no}|{task.biz_date}"
        assert task.assignee is not None  # noqa: S101
        if _draw("done", key, 100) >= 70 + _draw("diligence", task.assignee.emp_no, 28):
            continue
        contact = _contact(task, task.assignee, key, newest)
        contacts.append(contact)
        if contact.result not in ContactRecord.NOT_CONNECTED:
            task.status, task.done_at, task.result = Task.Status.DONE, contact.at, contact.result
        elif task.status == Task.Status.NEW:
            task.status, task.result = Task.Status.IN_PROGRESS, contact.result
            task.next_on = newest + timedelta(days=1 + _draw("again", key, 3))
        task.is_overflow = False
        tasks.append(task)
    Task.objects.bulk_update(
        tasks, ["status", "done_at", "result", "next_on", "is_overflow"], batch_size=1000
    )
    ContactRecord.objects.bulk_create(contacts, batch_size=1000)
    follow_alerts("contact", {contact.customer_id for contact in contacts})
    return len(contacts)
