"""The bank's providers, from the file that ``YINKE_CHANNELS`` names (see docs/outreach.md); secrets lie in files of their own."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yinke.common.errors import ConfigurationError
from yinke.common.yaml_files import read_yaml
from yinke.outreach.channels import Provider
from yinke.outreach.channels.http_sms import HttpSms


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SmsProvider(_Part):
    """One gateway for text messages."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")]
    url: Annotated[str, Field(pattern=r"^https?://")]
    secret_file: Path
    """The key that both sides sign with: 32 characters or more."""
    per_second: Annotated[int, Field(ge=1, le=100_000)] = 200
    batch: Annotated[int, Field(ge=1, le=1_000)] = 500
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0


class ChannelSettings(_Part):
    """All of it. In the order in which they are asked: the next one when one fails."""

    sms: tuple[SmsProvider, ...] = ()


SHORTEST_SECRET = 32


def secret_of(provider: SmsProvider) -> bytes:
    """The key of a provider.

    Raises:
        ConfigurationError: its file cannot be read, or the key is too short.
    """
    try:
        secret = provider.secret_file.read_bytes().strip()
    except OSError as problem:
        raise ConfigurationError(
            f"The secret of {provider.name} cannot be read: {problem.strerror}", place=str(provider.secret_file),
            remedy="Write the key that the provider gave into this file, readable by Yinke only",
        ) from None  # fmt: skip
    if len(secret) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"The secret of {provider.name} is shorter than {SHORTEST_SECRET} characters", place=str(provider.secret_file),
            remedy="Agree on one made by: openssl rand -hex 32",
        )  # fmt: skip
    return secret


def read_channels(path: Path | None) -> ChannelSettings:
    """Read and check the file; no file: no provider.

    Raises:
        ConfigurationError: names the entry that is wrong.
    """
    if path is None:
        return ChannelSettings()
    try:
        found = ChannelSettings.model_validate(read_yaml(path) or {})
    except (ValidationError, yaml.YAMLError) as wrong:
        first = wrong.errors()[0] if isinstance(wrong, ValidationError) else {"loc": (), "msg": str(wrong)}
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(
            f"{place}: {first['msg']}",
            place=str(path),
            remedy="See docs/outreach.md for what may stand there",
        ) from None
    names = [one.name for one in found.sms]
    if len(set(names)) < len(names):
        raise ConfigurationError("Two providers have one name", place=str(path), remedy="Name each its own")
    return found


@lru_cache(maxsize=4)
def _configured(path: Path | None, written: int) -> ChannelSettings:
    return read_channels(path)


def configured() -> ChannelSettings:
    """The providers of this installation, read again when the file is written anew."""
    path = settings.YINKE.channels
    return _configured(path, path.stat().st_mtime_ns if path else 0)


def providers(channel: str) -> list[Provider]:
    """Who carries a channel, in the order in which they are asked."""
    if channel != "SMS":
        return []
    return [
        HttpSms(one.name, one.url, secret_of(one), one.per_second, one.batch, one.timeout_seconds)
        for one in configured().sms
    ]


def signing_key(name: str) -> bytes | None:
    """The key of a provider by its name; None: there is none of that name."""
    return next((secret_of(one) for one in configured().sms if one.name == name), None)
