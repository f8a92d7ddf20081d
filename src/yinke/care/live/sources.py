"""Who sends live events, from the file that ``YINKE_EVENT_SOURCES`` names (see docs/live-events.md); secrets lie in files of their own."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self

import yaml
from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from yinke.common.errors import ConfigurationError
from yinke.common.yaml_files import read_yaml

SHORTEST_SECRET = 32
NAME = r"^[a-z][a-z0-9-]{0,19}$"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sender(_Part):
    """A system that calls ``POST /api/events``."""

    name: Annotated[str, Field(pattern=NAME)]
    secret_file: Path
    """The key that it signs with: 32 characters or more."""


OURS = (
    "bootstrap.servers",
    "group.id",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "auto.offset.reset",
)
"""Settings of a queue that are not for the file to say: an offset is committed after what was read is."""


class Queue(_Part):
    """A topic of the bank's Kafka that ``yinke worker events`` reads."""

    name: Annotated[str, Field(pattern=NAME)]
    servers: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:,\[\]-]+$")]
    topic: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
    group: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")] = "yinke"
    settings: dict[str, str | int | bool] = {}
    """Of librdkafka: security.protocol, sasl.mechanism, ssl.ca.location, ..."""
    secrets: dict[str, Path] = {}
    """Settings that are secret, each in a file of its own: sasl.password, ssl.key.password."""

    @model_validator(mode="after")
    def _not_ours(self) -> Self:
        if wrong := sorted({*self.settings, *self.secrets} & {*OURS}):
            raise ValueError(f"{wrong[0]} is set by Yinke")
        return self


class EventSources(_Part):
    """All of them."""

    senders: tuple[Sender, ...] = ()
    queues: tuple[Queue, ...] = ()


def read_sources(path: Path | None) -> EventSources:
    """Read and check the file; no file: nobody sends.

    Raises:
        ConfigurationError: names the entry that is wrong.
    """
    if path is None:
        return EventSources()
    try:
        found = EventSources.model_validate(read_yaml(path) or {})
    except (ValidationError, yaml.YAMLError) as wrong:
        first = wrong.errors()[0] if isinstance(wrong, ValidationError) else {"loc": (), "msg": str(wrong)}
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(
            f"{place}: {first['msg']}", place=str(path),
            remedy="See docs/live-events.md for what may stand there",
        ) from None  # fmt: skip
    names = [*(one.name for one in found.senders), *(one.name for one in found.queues)]
    if len(set(names)) < len(names):
        raise ConfigurationError("Two sources have one name", place=str(path), remedy="Name each its own")
    return found


@lru_cache(maxsize=4)
def _sources(path: Path | None, written: int) -> EventSources:
    return read_sources(path)


def sources() -> EventSources:
    """The sources of this installation, read again when the file is written anew."""
    path = settings.YINKE.event_sources
    return _sources(path, path.stat().st_mtime_ns if path else 0)


def sender_key(name: str) -> bytes | None:
    """The key of a sender by its name; None: there is none of that name.

    Raises:
        ConfigurationError: its file cannot be read, or the key is too short.
    """
    sender = next((one for one in sources().senders if one.name == name), None)
    if sender is None:
        return None
    secret = _read(name, sender.secret_file)
    if len(secret) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"The secret of {name} is shorter than {SHORTEST_SECRET} characters", place=str(sender.secret_file),
            remedy="Agree on one made by: openssl rand -hex 32",
        )  # fmt: skip
    return secret


def queue_settings(queue: Queue) -> dict[str, str | int | bool]:
    """What librdkafka is told of a queue, secrets included.

    Raises:
        ConfigurationError: a secret cannot be read.
    """
    secrets = {name: _read(queue.name, path).decode("utf-8") for name, path in queue.secrets.items()}
    return {
        **queue.settings, **secrets, "bootstrap.servers": queue.servers, "group.id": queue.group,
        "enable.auto.commit": False, "enable.auto.offset.store": False, "auto.offset.reset": "earliest",
    }  # fmt: skip


def _read(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes().strip()
    except OSError as problem:
        raise ConfigurationError(
            f"The secret of {name} cannot be read: {problem.strerror}", place=str(path),
            remedy="Write the key that both sides agreed on into this file, readable by Yinke only",
        ) from None  # fmt: skip
