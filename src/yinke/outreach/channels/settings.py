"""The bank's providers, from the file that ``YINKE_CHANNELS`` names (see docs/outreach.md); secrets lie in files of their own."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from django.conf import settings
from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)

from yinke.common.errors import ConfigurationError
from yinke.common.yaml_files import read_yaml
from yinke.outreach.channels import Provider
from yinke.outreach.channels.http_sms import HttpSms
from yinke.outreach.channels.smpp import Smpp
from yinke.outreach.channels.wecom import HOME, Wecom
from yinke.outreach.channels.wecom_crypt import WecomCrypt, aes_key


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


NAME = r"^[a-z][a-z0-9-]{0,19}$"


class SmsProvider(_Part):
    """One gateway for text messages, or for notices of the mobile bank."""

    name: Annotated[str, Field(pattern=NAME)]
    kind: Literal["http"] = "http"
    url: Annotated[str, Field(pattern=r"^https?://")]
    secret_file: Path
    """The key that both sides sign with: 32 characters or more."""
    per_second: Annotated[int, Field(ge=1, le=100_000)] = 200
    batch: Annotated[int, Field(ge=1, le=1_000)] = 500
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0


class WecomProvider(_Part):
    """The bank's WeCom: its 客户联系, by the API and by callback (``/api/wecom/<name>``)."""

    name: Annotated[str, Field(pattern=NAME)]
    corp_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    secret_file: Path
    """The secret of the app that may call 客户联系."""
    token_file: Path
    """Token of the callback."""
    aes_key_file: Path
    """EncodingAESKey of the callback."""
    url: Annotated[str, Field(pattern=r"^https?://\S+[^/\s]$")] = HOME
    per_second: Annotated[int, Field(ge=1, le=1_000)] = 20
    batch: Annotated[int, Field(ge=1, le=1_000)] = 500
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0


HOST = r"^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$"
HERE = ("127.0.0.1", "::1", "localhost")


class SmppProvider(_Part):
    """One account at a message centre that speaks SMPP."""

    name: Annotated[str, Field(pattern=NAME)]
    kind: Literal["smpp"]
    host: Annotated[str, Field(pattern=HOST)]
    port: Annotated[int, Field(ge=1, le=65_535)] = 3550
    security: Literal["tls", "none"] = "tls"
    """``none`` only on this machine, as to a tunnel: a text tells who is whose customer."""
    system_id: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,15}$")]
    secret_file: Path
    """The account's password: 8 characters at most (SMPP 3.4, 4.1.1)."""
    system_type: Annotated[str, Field(pattern=r"^[\x20-\x7e]{0,12}$")] = ""
    source: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{0,20}$")] = ""
    """The bank's number, such as 106..; empty: the centre's own for the account."""
    source_type: Annotated[int, Field(ge=0, le=6)] = 0
    """Its type of number (TON): 0 unknown, 1 international, 3 network's, 5 letters."""
    country: Annotated[str, Field(pattern=r"^[0-9]{0,3}$")] = ""
    """What stands before a customer's number, such as 86; empty: nothing."""
    per_second: Annotated[int, Field(ge=1, le=10_000)] = 50
    batch: Annotated[int, Field(ge=1, le=1_000)] = 500
    window: Annotated[int, Field(ge=1, le=100)] = 10
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.security == "none" and self.host not in HERE:
            raise ValueError("security: none is for a tunnel on this machine; use tls")
        return self


KINDS = ("http", "smpp")
TextProvider = Annotated[
    Annotated[SmsProvider, Tag("http")] | Annotated[SmppProvider, Tag("smpp")],
    Discriminator(lambda one: one.get("kind", "http") if isinstance(one, dict) else one.kind),
]


class EmailProvider(_Part):
    """One mail relay of the bank's."""

    name: Annotated[str, Field(pattern=NAME)]
    host: Annotated[str, Field(pattern=HOST)]
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: Literal["tls", "starttls", "none"] = "starttls"
    """``none`` only on this machine: an e-mail tells who is whose customer."""
    user: str = ""
    secret_file: Path | None = None
    """The user's password."""
    sender: Annotated[str, Field(pattern=r"^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,255}$")]
    sender_name: Annotated[str, Field(max_length=60, pattern=r"^[^\r\n]*$")] = ""
    per_second: Annotated[int, Field(ge=1, le=100_000)] = 20
    batch: Annotated[int, Field(ge=1, le=1_000)] = 100
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.security == "none" and self.host not in HERE:
            raise ValueError("security: none is for a relay on this machine; use starttls or tls")
        if self.user and self.secret_file is None:
            raise ValueError("a user needs a secret_file with the password")
        return self


class EmailReturns(_Part):
    """Where bounces and answers come to: the bank's mail server hands all of ``domain`` to this port (``yinke worker mail``)."""

    domain: Annotated[str, Field(pattern=HOST)]
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 2525


class ChannelSettings(_Part):
    """All of it. In the order in which they are asked: the next one when one fails."""

    sms: tuple[TextProvider, ...] = ()
    app: tuple[SmsProvider, ...] = ()
    """The platform of the mobile bank, which takes notices as a gateway takes texts; ``to`` is the customer number."""
    wecom: Annotated[tuple[WecomProvider, ...], Field(max_length=1)] = ()
    """One: a contact's number is of one corporation only."""
    email: tuple[EmailProvider, ...] = ()
    email_opt_out_url: Annotated[str, Field(pattern=r"^(https?://\S+[^/\s])?$")] = ""
    """Yinke's ``/api/opt-out`` as readers of e-mail reach it."""
    email_returns: EmailReturns | None = None
    salon_url: Annotated[str, Field(pattern=r"^(https?://\S+[^/\s])?$")] = ""
    """Yinke's ``/api/salons/i`` as customers reach it; empty: salons are invited to by word only."""

    @model_validator(mode="after")
    def _opted_out_of(self) -> Self:
        if self.email and not self.email_opt_out_url:
            raise ValueError("email_opt_out_url is missing: every reader must be able to opt out")
        return self

    def names(self) -> list[tuple[Literal["SMS", "EMAIL", "WECOM", "APP"], str]]:
        """Channel and name of each provider."""
        return [
            *(("SMS", one.name) for one in self.sms), *(("EMAIL", one.name) for one in self.email),
            *(("WECOM", one.name) for one in self.wecom), *(("APP", one.name) for one in self.app),
        ]  # fmt: skip


SHORTEST_SECRET = 32


def secret_of(provider: SmsProvider) -> bytes:
    """The key of a provider.

    Raises:
        ConfigurationError: its file cannot be read, or the key is too short.
    """
    secret = _read(provider.name, provider.secret_file)
    if len(secret) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"The secret of {provider.name} is shorter than {SHORTEST_SECRET} characters", place=str(provider.secret_file),
            remedy="Agree on one made by: openssl rand -hex 32",
        )  # fmt: skip
    return secret


def _read(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes().strip()
    except OSError as problem:
        raise ConfigurationError(
            f"The secret of {name} cannot be read: {problem.strerror}", place=str(path),
            remedy="Write the key that the provider gave into this file, readable by Yinke only",
        ) from None  # fmt: skip


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
        place = ".".join(str(part) for part in first["loc"] if part not in KINDS)
        raise ConfigurationError(
            f"{place}: {first['msg']}",
            place=str(path),
            remedy="See docs/outreach.md for what may stand there",
        ) from None
    names = [name for _, name in found.names()]
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
    known = configured()
    if channel == "EMAIL":
        from yinke.outreach.channels.smtp import Smtp

        returns = known.email_returns.domain if known.email_returns else ""
        return [
            Smtp(
                one.name, one.host, one.port, one.security, one.sender, one.sender_name, one.user, _password(one), returns,
                one.per_second, one.batch, one.timeout_seconds,
            )
            for one in known.email
        ]  # fmt: skip
    if channel == "WECOM":
        return [wecom(one) for one in known.wecom]
    return [
        smpp(one)
        if isinstance(one, SmppProvider)
        else HttpSms(one.name, one.url, secret_of(one), one.per_second, one.batch, one.timeout_seconds)
        for one in (known.app if channel == "APP" else known.sms)
    ]


LONGEST_PASSWORD = 8


def smpp(one: SmppProvider) -> Smpp:
    """A message centre, ready to be bound to.

    Raises:
        ConfigurationError: its password cannot be read, or is longer than SMPP can say.
    """
    password = _read(one.name, one.secret_file)
    if not 1 <= len(password) <= LONGEST_PASSWORD:
        raise ConfigurationError(
            f"The password of {one.name} has {len(password)} characters; SMPP knows 1 to {LONGEST_PASSWORD}",
            place=str(one.secret_file), remedy="Write the password of the account at the message centre into this file",
        )  # fmt: skip
    return Smpp(
        one.name, one.host, one.port, one.security, one.system_id, password.decode("ascii", "replace"), one.source, one.source_type,
        one.country, one.system_type, one.per_second, one.batch, one.window, one.timeout_seconds,
    )  # fmt: skip


def centres() -> list[Smpp]:
    """The message centres of this installation."""
    return [smpp(one) for one in configured().sms if isinstance(one, SmppProvider)]


def wecom(one: WecomProvider) -> Wecom:
    """The bank's WeCom, ready to be called.

    Raises:
        ConfigurationError: its secret cannot be read.
    """
    secret = _read(one.name, one.secret_file).decode("utf-8")
    return Wecom(one.name, one.corp_id, secret, one.url, one.per_second, one.batch, one.timeout_seconds)


def wecom_crypt(name: str) -> WecomCrypt | None:
    """What the callback of the WeCom of that name is opened with; None: there is none.

    Raises:
        ConfigurationError: its secrets cannot be read, or are none.
    """
    for one in configured().wecom:
        if one.name == name:
            token, key = _read(name, one.token_file), _read(name, one.aes_key_file)
            try:
                return WecomCrypt(token.decode("utf-8"), aes_key(key.decode("utf-8")), one.corp_id)
            except ValueError:
                raise ConfigurationError(
                    f"The EncodingAESKey of {name} is none", place=str(one.aes_key_file),
                    remedy="Copy its 43 characters from WeCom's administration",
                ) from None  # fmt: skip
    return None


def _password(provider: EmailProvider) -> str:
    return _read(provider.name, provider.secret_file).decode("utf-8") if provider.secret_file else ""


def signing_key(name: str) -> bytes | None:
    """The key of a provider by its name; None: there is none of that name that signs."""
    known = configured()
    signing = (one for one in (*known.sms, *known.app) if isinstance(one, SmsProvider))
    return next((secret_of(one) for one in signing if one.name == name), None)


def channel_of(name: str) -> str:
    """The channel of a provider that tells something; SMS if it is not known any more."""
    return next((channel for channel, one in configured().names() if one == name), "SMS")
