"""Live events out of Kafka, against librdkafka's own mock cluster: taken once, refused ones kept, nothing lost by a kill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from django.db import OperationalError

from tests.care.live.telling import moved
from tests.care.nights import TaskBank
from yinke.care.live import kafka
from yinke.care.live.kafka import Reader
from yinke.care.live.sources import Queue, queue_settings, read_sources
from yinke.care.live.take import Verdict, take
from yinke.care.models import LiveEvent, Reason, Task
from yinke.common.errors import ConfigurationError

pytestmark = pytest.mark.django_db
TRIES = 600
"""Looks at the queue before a test gives up: a group takes seconds to form."""


@dataclass
class Bus:
    """A cluster in this process, and one who writes to it."""

    producer: Any
    queue: Queue

    def put(self, *bodies: Any) -> None:
        """A message each."""
        for body in bodies:
            self.producer.produce(
                self.queue.topic, body if isinstance(body, bytes) else json.dumps(body).encode(), partition=0
            )
        assert self.producer.flush(60) == 0

    def read(self, messages: int) -> Reader:
        """Read so many messages by a new reader, which is left open."""
        reader = Reader(self.queue)
        read = 0
        for _ in range(TRIES):
            read += reader.step()
            if read >= messages:
                break
        assert read == messages
        return reader


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    producer = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "mock"})
    brokers = producer.list_topics(timeout=60).brokers.values()
    servers = ",".join(f"{one.host}:{one.port}" for one in brokers)
    monkeypatch.setattr(kafka, "PAUSES", (0.01,))
    short = {"session.timeout.ms": 6_000, "heartbeat.interval.ms": 500}
    yield Bus(producer, Queue(name="bus", servers=servers, topic="events", settings=short))


def test_what_stands_in_the_queue_becomes_tasks(live: TaskBank, bus: Bus) -> None:
    bus.put(
        {"events": [moved(live.zhao, "150000"), moved(live.qian, "1")]},
        {"events": [moved(live.qian, "150000")]},
    )
    bus.read(2).consumer.close()
    assert (LiveEvent.objects.filter(source="bus", outcome="TAKEN").count(), Task.objects.count()) == (3, 2)


def test_what_was_read_is_not_read_again(live: TaskBank, bus: Bus) -> None:
    bus.put({"events": [moved(live.zhao, "150000")]})
    bus.read(1).consumer.close()
    bus.put({"events": [moved(live.qian, "150000")]})
    bus.read(1).consumer.close()
    assert Task.objects.count() == 2


def test_killed_before_the_offset_is_told_it_is_read_again_and_known(
    live: TaskBank, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus.put({"events": [moved(live.zhao, "150000")]})
    taking = Reader._taken
    with monkeypatch.context() as patched:
        patched.setattr(Reader, "_taken", lambda self, messages: taking(self, messages) and False)
        reader = Reader(bus.queue)
        for _ in range(TRIES):
            reader.step()
            if Task.objects.exists():
                break
        reader.consumer.close()
    bus.read(1).consumer.close()
    assert (Task.objects.count(), Reason.objects.count(), LiveEvent.objects.count()) == (1, 1, 1)


def test_what_cannot_be_read_is_kept_with_the_reason_and_blocks_nothing(live: TaskBank, bus: Bus) -> None:
    bus.put(
        b"\xff\xfe", b"", b'{"events": 7}', {"events": []},
        {"events": [moved("C-nobody", "1"), moved(live.zhao, "150000")]},
    )  # fmt: skip
    bus.read(5).consumer.close()
    assert Task.objects.count() == 1
    kept = LiveEvent.objects.filter(outcome="REFUSED").order_by("event_id")
    assert [(one.event_id, one.why.split(":")[0]) for one in kept] == [
        ("!0:0", "event_invalid "), ("!0:1", "event_invalid "), ("!0:2", "event_invalid events"),
        ("!0:3", "event_invalid events"), ("!0:4:0", "event_customer_unknown cust_no"),
    ]  # fmt: skip


def test_a_customer_who_is_held_is_tried_again_before_the_offset_is_told(
    live: TaskBank, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = iter([OperationalError("gone"), [Verdict("x", "BUSY")]])

    def first_busy(source: str, events: Any) -> list[Verdict]:
        match next(said, None):
            case None:
                return take(source, events)
            case OperationalError() as problem:
                raise problem
            case busy:
                return busy

    monkeypatch.setattr(kafka, "take", first_busy)
    bus.put({"events": [moved(live.zhao, "150000")]})
    bus.read(1).consumer.close()
    assert Task.objects.count() == 1


def test_a_queues_secrets_lie_in_files_and_offsets_are_ours(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("geheim\n", "utf-8")
    path = tmp_path / "sources.yaml"
    text = "queues: [{{name: bus, servers: 'k1:9092,k2:9092', topic: t, settings: {{{}}}, secrets: {{sasl.password: {}}}}}]\n"
    path.write_text(text.format("security.protocol: SASL_SSL", tmp_path / "password"), "utf-8")
    (queue,) = read_sources(path).queues
    told = queue_settings(queue)
    assert (told["sasl.password"], told["security.protocol"]) == ("geheim", "SASL_SSL")
    assert (told["enable.auto.commit"], told["group.id"]) == (False, "yinke")
    path.write_text(text.format("enable.auto.commit: true", tmp_path / "password"), "utf-8")
    with pytest.raises(ConfigurationError, match="is set by Yinke"):
        read_sources(path)
