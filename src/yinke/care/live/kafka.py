"""消息队列: live events out of the bank's Kafka. An offset is committed after the transaction that took what was read.

Killed in between, the same messages are read again and known by their ids. What cannot be read or is refused is written down
(``LiveEvent`` with the outcome REFUSED) and passed by: nothing blocks the queue but a database that does not answer.
"""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Event, Thread
from typing import Any

from confluent_kafka import Consumer, KafkaException, Message
from django.db import OperationalError, connection
from django.utils import timezone
from pydantic import ValidationError

from yinke.care.live.shape import day_of, plain
from yinke.care.live.sources import Queue, queue_settings, sources
from yinke.care.live.take import EventsBusy, Verdict, take
from yinke.care.live_schemas import MOST, LiveEventsIn
from yinke.care.models import LiveEvent
from yinke.common.errors import YinkeError

BATCH, WAIT = 200, 0.2
"""Messages that are read at once, and the seconds that are waited for so many."""
STALLED_MS = 30 * 60 * 1_000
"""A night may hold a customer for as long; the group waits for us so long before it gives our share to another."""
PAUSES = (0.5, 1.0, 2.0, 5.0)
"""Seconds before what could not be taken yet is tried again; the last one from then on."""


@dataclass(frozen=True)
class _Read:
    """One event of a message, with where it stood; ``why`` if the message could not be read."""

    event: Any
    place: str
    at: datetime
    why: str = ""


class Reader:
    """One consumer of one queue."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.consumer = Consumer({"max.poll.interval.ms": STALLED_MS, **queue_settings(queue)})
        self.consumer.subscribe([queue.topic])
        self.stopped = Event()

    def run(self) -> None:
        """Read until ``stopped`` is set; what was begun is finished."""
        try:
            while not self.stopped.is_set():
                self.step()
        finally:
            self.consumer.close()

    def step(self) -> int:
        """Read what is there, take it, and only then tell Kafka so.

        Returns:
            How many messages were read.
        """
        messages = []
        for message in self.consumer.consume(BATCH, WAIT):
            if (problem := message.error()) is None:
                messages.append(message)
            else:
                logging.getLogger(__name__).error("%s: %s", self.queue.name, problem.str())
        if not messages or not self._taken(messages):
            return 0
        try:
            for message in messages:
                self.consumer.store_offsets(message)
            self.consumer.commit(asynchronous=False)
        except (
            KafkaException
        ) as problem:  # another has our share by now, or no broker answers: it is known when read again
            logging.getLogger(__name__).warning("%s: %s", self.queue.name, problem)
        return len(messages)

    def _taken(self, messages: Sequence[Message]) -> bool:
        """Whether all of it stands; False: we were stopped before, and read it again the next time."""
        read = [one for message in messages for one in _events(message)]
        refused = [one for one in read if one.why]
        good = [one for one in read if not one.why]
        for start in range(0, len(good), MOST):
            refused += self._until_taken(good[start : start + MOST])
            if self.stopped.is_set():
                return False
        self._patiently(lambda: _write_refused(self.queue.name, refused))
        return not self.stopped.is_set()

    def _until_taken(self, part: Sequence[_Read]) -> list[_Read]:
        """Take events, again and again those whose customer another transaction holds; those that were refused."""
        refused: list[_Read] = []
        tries = 0
        while part and not self.stopped.is_set():
            events = [one.event for one in part]
            verdicts: list[Verdict] = self._patiently(partial(take, self.queue.name, events)) or []
            told = list(zip(part, verdicts, strict=False))
            refused += [
                _Read(one.event, one.place, one.at, f"{verdict.why} {verdict.place}: {verdict.message}")
                for one, verdict in told if verdict.outcome == "REFUSED"
            ]  # fmt: skip
            part = [one for one, verdict in told if verdict.outcome == "BUSY"]
            if part:
                self.stopped.wait(PAUSES[min(tries, len(PAUSES) - 1)])
                tries += 1
        return refused

    def _patiently(self, act: Callable[[], Any]) -> Any:
        """Do something once the database lets us; None if we were stopped before."""
        tries = 0
        while True:
            try:
                return act()
            except (EventsBusy, OperationalError) as problem:
                logging.getLogger(__name__).warning("%s: %s", self.queue.name, str(problem).splitlines()[0])
                if not connection.in_atomic_block:
                    connection.close_if_unusable_or_obsolete()
                if self.stopped.wait(PAUSES[min(tries, len(PAUSES) - 1)]):
                    return None
                tries += 1


def _events(message: Message) -> Iterator[_Read]:
    """The events of one message, whose body is that of ``POST /api/events``."""
    place = f"{message.partition()}:{message.offset()}"
    _, moment = message.timestamp()
    at = datetime.fromtimestamp(moment / 1000, UTC) if moment > 0 else timezone.now()
    try:
        body = LiveEventsIn.model_validate(json.loads(message.value() or b""))
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        yield _Read(None, place, at, f"event_invalid {'.'.join(map(str, first['loc']))}: {first['msg']}")
    except ValueError:  # no JSON, or no UTF-8
        yield _Read(None, place, at, "event_invalid : No JSON")
    else:
        yield from (_Read(event, f"{place}:{n}", at) for n, event in enumerate(body.events))


def _write_refused(source: str, refused: Sequence[_Read]) -> None:
    """Keep what nobody waits for an answer of; read again it is kept once."""
    now = timezone.now()
    rows = [
        LiveEvent(
            source=source, event_id=f"!{one.place}", kind="", at=one.at, received_at=now, day=day_of(one.at), facts={},
            outcome=LiveEvent.Outcome.REFUSED, why=plain(one.why),
        )
        for one in refused
    ]  # fmt: skip
    LiveEvent.objects.bulk_create(rows, ignore_conflicts=True)


def read_all() -> None:
    """Read every queue, a thread each, until SIGTERM or Ctrl-C; what was begun is finished.

    Raises:
        YinkeError: no queue is configured, or one can be read no more.
    """
    queues = sources().queues
    if not queues:
        raise YinkeError(
            "No queue is read here",
            place="queues",
            remedy="Name one in the file that YINKE_EVENT_SOURCES names",
        )
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # for all threads
    readers = [Reader(queue) for queue in queues]
    failed: list[str] = []

    def run(reader: Reader) -> None:
        try:
            reader.run()
        except Exception:  # whatever it was, the process must not live on with one queue less
            logging.getLogger(__name__).exception("%s", reader.queue.name)
            failed.append(reader.queue.name)
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(reader,), name=reader.queue.name) for reader in readers]
    for thread in threads:
        thread.start()
    signal.sigwait(ends)
    for reader in readers:
        reader.stopped.set()
    for thread in threads:
        thread.join()
    if failed:
        raise YinkeError(
            "A queue can be read no more",
            place=failed[0],
            remedy="See the log, mend it and start the worker again",
        )
