"""Nothing is lost and nothing is done twice: senders at the same moment, a process killed, another transaction in the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier, Event, Thread

import pytest
from django.db import connection, transaction

from tests.care.live.telling import NOW, Teller, moved
from tests.care.nights import TaskBank
from yinke.care.live import take as taking
from yinke.care.models import LiveEvent, Reason, Task
from yinke.customers.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, a sender waits for the other."""
    monkeypatch.setattr(taking, "PATIENCE", 120.0)
    monkeypatch.setattr(taking, "PATIENT", "SET LOCAL lock_timeout = '120s'")


def test_two_senders_of_one_customer_do_not_both_miss_the_sum(live: TaskBank, core: Teller) -> None:
    senders = 4
    start = Barrier(senders)
    batches = [[moved(live.zhao, "30000.00"), moved(live.qian, "1.00")] for _ in range(senders)]

    def send(number: int) -> list[tuple[str, str]]:
        try:
            start.wait()
            return core.tell(*batches[number])
        finally:
            connection.close()

    with ThreadPoolExecutor(senders) as pool:
        answers = list(pool.map(send, range(senders)))
    assert answers == [[("TAKEN", "")] * 2] * senders
    assert Reason.objects.get().amount == Decimal("120000.00")
    assert Task.objects.count() == 1


def test_the_same_batch_from_two_connections_is_taken_once(live: TaskBank, core: Teller) -> None:
    start = Barrier(2)
    batch = [moved(live.zhao, "150000.00"), moved(live.qian, "150000.00")]

    def send(_: int) -> list[tuple[str, str]]:
        try:
            start.wait()
            return core.tell(*batch)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(send, range(2)))
    assert answers == [[("KNOWN", "")] * 2, [("TAKEN", "")] * 2]
    assert (LiveEvent.objects.count(), Task.objects.count(), Reason.objects.count()) == (2, 2, 2)


def test_killed_before_the_commit_nothing_stands_and_sent_again_it_is_one_task(
    live: TaskBank, core: Teller
) -> None:
    batch = [moved(live.zhao, "150000.00"), moved(live.qian, "150000.00")]
    name = connection.settings_dict["NAME"]
    killed = subprocess.run(
        [sys.executable, "-m", "tests.care.live.die", "core", json.dumps(batch), NOW.isoformat()],
        env={**os.environ, "TEST_DATABASE": name}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "raised 2\n"), killed.stderr
    assert not LiveEvent.objects.exists() and not Task.objects.exists() and not Reason.objects.exists()
    assert core.tell(*batch) == [("TAKEN", "")] * 2
    assert core.tell(*batch) == [("KNOWN", "")] * 2
    assert (Task.objects.count(), Reason.objects.count()) == (2, 2)


def test_a_customer_whom_a_night_is_writing_waits_and_holds_up_nobody_else(
    live: TaskBank, core: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "PATIENCE", 0.0)
    held, done = Event(), Event()

    def night() -> None:
        with transaction.atomic():
            Customer.objects.filter(id=live.zhao.id).update(occupation="教师")
            held.set()
            done.wait()
        connection.close()

    writing = Thread(target=night)
    writing.start()
    try:
        held.wait()
        told = core.tell(busy := moved(live.zhao, "150000.00"), moved(live.qian, "150000.00"))
    finally:
        done.set()
        writing.join()
    assert told == [("BUSY", "event_busy"), ("TAKEN", "")]
    assert core.tell(busy) == [("TAKEN", "")]
    assert Task.objects.count() == 2
