"""Every setting that comes from the environment, read once, with a clear error for each wrong one."""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from yinke.common.errors import ConfigurationError

DEMO_SECRET = "demo-only-secret-never-use-it-in-production"  # noqa: S105 (refused in production)
DEMO_THRESHOLDS = Path(__file__).parents[1] / "demo" / "demo-thresholds.yaml"
DEMO_DATA_KEY = base64.b64encode(b"demo-only-data-key-32-bytes-long").decode()


@dataclass(frozen=True)
class Environment:
    """What the operator decided. Paths are absolute; sizes are bytes unless the name says otherwise."""

    production: bool
    home: Path
    database_url: str | None
    """None: an embedded PostgreSQL is started under ``home/postgres``."""
    web_database_url: str | None
    """The same database for the web process: a login that is a member of ``yinke_web`` and owns nothing."""
    lake: Path
    inbox: Path
    audit_heads: Path
    """A file outside the database that the ends of the audit trail are appended to."""
    feeds: Path
    thresholds: Path | None
    """The bank's own threshold file, laid over the defaults; the demo bank's outside production."""
    sign_in: Path | None
    """The bank's own ways to sign in; None: passwords that are kept here."""
    channels: Path | None
    """The bank's providers of messages; the demo's own outside production."""
    event_sources: Path | None
    """Systems of the bank that send live events; None: nobody does."""
    secret_key: str
    data_key: bytes
    """The master key: it wraps the data keys and never lies in the database."""
    cipher: Literal["aes", "sm4"]
    """Algorithm of new data keys: AES-256-GCM, or SM4-GCM with SM3 (国密)."""
    engine: str
    spark_master: str
    """Where Spark's cluster is; empty: this machine."""
    threads: int
    memory: str
    allowed_hosts: tuple[str, ...]
    night_starts: str
    night_alarm: str
    """A time of day, or empty: never."""


def _folder(name: str, default: Path) -> Path:
    path = Path(os.environ.get(name, default)).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ConfigurationError(
            f"{path} is a file", place=name, remedy="Name a folder; it is made if it is missing"
        )
    return path


def _clock(name: str, default: str) -> str:
    value = os.environ.get(name, default)
    hour, _, minute = value.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise ConfigurationError(
            f"'{value}' is not a time of day", place=name, remedy="Write it as HH:MM, e.g. 06:00"
        )
    return value


def _data_key() -> bytes:
    text = os.environ.get("YINKE_DATA_KEY", DEMO_DATA_KEY)
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ConfigurationError(
            "The key is not 32 bytes in base64",
            place="YINKE_DATA_KEY",
            remedy="Make one with: openssl rand -base64 32",
        )
    return key


def _database(name: str) -> str | None:
    url = os.environ.get(name) or None
    if url and (urlsplit(url).scheme not in ("postgres", "postgresql") or len(urlsplit(url).path) < 2):
        raise ConfigurationError(
            "It is not a PostgreSQL address with a database name",
            place=name,
            remedy="Write postgresql://user:password@host:5432/database",
        )
    return url


def read_environment() -> Environment:
    """Read and check all ``YINKE_*`` variables and ``DATABASE_URL``.

    Raises:
        ConfigurationError: names the variable, what is wrong with it and the remedy. In production
            (``YINKE_ENV=production``) the demo's secrets are refused.
    """
    mode = os.environ.get("YINKE_ENV", "demo")
    if mode not in ("demo", "production"):
        raise ConfigurationError(
            f"'{mode}' is neither demo nor production", place="YINKE_ENV", remedy="Set one of the two"
        )
    production = mode == "production"
    home = _folder("YINKE_HOME", Path("var"))
    made_up = not production and (home / "demo.json").exists()  # its core bank sends no more than was made
    alarm = os.environ.get("YINKE_NIGHT_ALARM", "never" if made_up else "06:00")
    url, web_url = _database("DATABASE_URL"), _database("YINKE_WEB_DATABASE_URL")
    engine = os.environ.get("YINKE_ENGINE", "duckdb")
    if engine not in ("duckdb", "spark"):
        raise ConfigurationError(
            f"'{engine}' is no engine", place="YINKE_ENGINE", remedy="Set duckdb or spark"
        )
    cipher = os.environ.get("YINKE_CIPHER", "aes")
    if cipher not in ("aes", "sm4"):
        raise ConfigurationError(
            f"'{cipher}' is no cipher", place="YINKE_CIPHER", remedy="Set aes or sm4 (国密)"
        )
    threads = os.environ.get("YINKE_THREADS", str(os.cpu_count() or 2))
    if not threads.isdigit() or int(threads) < 1:
        raise ConfigurationError(
            f"'{threads}' is no number of threads", place="YINKE_THREADS", remedy="Set 1 or more"
        )
    secret = os.environ.get("YINKE_SECRET_KEY", DEMO_SECRET)
    data_key = _data_key()
    hosts = os.environ.get("YINKE_HOSTS", "" if production else "127.0.0.1,localhost,testserver")
    if production:
        if secret == DEMO_SECRET or len(secret) < 40:
            raise ConfigurationError(
                "Production needs its own secret of 40 characters or more",
                place="YINKE_SECRET_KEY",
                remedy="Make one with: openssl rand -base64 48",
            )
        if data_key == base64.b64decode(DEMO_DATA_KEY):
            raise ConfigurationError(
                "Production refuses the demo's data key",
                place="YINKE_DATA_KEY",
                remedy="Make one with: openssl rand -base64 32, and keep it outside the database",
            )
        if not url:
            raise ConfigurationError(
                "Production needs the bank's own PostgreSQL",
                place="DATABASE_URL",
                remedy="Write postgresql://user:password@host:5432/database",
            )
        if not web_url or urlsplit(web_url).username == urlsplit(url).username:
            raise ConfigurationError(
                "The web process needs a login of its own, which owns no table",
                place="YINKE_WEB_DATABASE_URL",
                remedy="Make one that is a member of yinke_web (docs/operations.md) and write its address",
            )
        if not hosts:
            raise ConfigurationError(
                "Production needs the names it is served under",
                place="YINKE_HOSTS",
                remedy="List the host names, separated by commas",
            )
    thresholds = os.environ.get("YINKE_THRESHOLDS") or (None if production else str(DEMO_THRESHOLDS))
    if thresholds and not Path(thresholds).is_file():
        raise ConfigurationError(
            f"{thresholds} is not a file", place="YINKE_THRESHOLDS", remedy="Name a YAML file of thresholds"
        )
    sign_in = os.environ.get("YINKE_SIGN_IN")
    if sign_in and not Path(sign_in).is_file():
        raise ConfigurationError(
            f"{sign_in} is not a file", place="YINKE_SIGN_IN", remedy="Name a YAML file of ways to sign in"
        )
    channels = os.environ.get("YINKE_CHANNELS")
    if channels and not Path(channels).is_file():
        raise ConfigurationError(
            f"{channels} is not a file", place="YINKE_CHANNELS", remedy="Name a YAML file of providers"
        )
    sources = os.environ.get("YINKE_EVENT_SOURCES")
    if sources and not Path(sources).is_file():
        raise ConfigurationError(
            f"{sources} is not a file",
            place="YINKE_EVENT_SOURCES",
            remedy="Name a YAML file of event sources",
        )
    return Environment(
        production=production,
        home=home,
        database_url=url,
        web_database_url=web_url,
        lake=_folder("YINKE_LAKE", home / "lake"),
        inbox=_folder("YINKE_INBOX", home / "inbox"),
        audit_heads=Path(os.environ.get("YINKE_AUDIT_HEADS", home / "audit-heads.txt")).absolute(),
        feeds=_folder("YINKE_FEEDS", Path(__file__).parents[1] / "demo" / "feeds"),
        thresholds=Path(thresholds).absolute() if thresholds else None,
        sign_in=Path(sign_in).absolute() if sign_in else None,
        channels=Path(channels).absolute() if channels else None,
        event_sources=Path(sources).absolute() if sources else None,
        secret_key=secret,
        data_key=data_key,
        cipher=cast(Literal["aes", "sm4"], cipher),
        engine=engine,
        spark_master=os.environ.get("YINKE_SPARK_MASTER", ""),
        threads=int(threads),
        memory=os.environ.get("YINKE_MEMORY", "4GB"),
        allowed_hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
        night_starts=_clock("YINKE_NIGHT_STARTS", "01:00"),
        night_alarm="" if alarm == "never" else _clock("YINKE_NIGHT_ALARM", "06:00"),
    )
