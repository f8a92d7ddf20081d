"""What a night works with, opened from the settings."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from django.conf import settings

from yinke.common.env import Environment
from yinke.common.thresholds import load_thresholds
from yinke.lake.engine import open_engine
from yinke.lake.feeds import load_feeds
from yinke.lake.store import Lake
from yinke.nightly.lake_night import Bench


def open_bench(inbox: Path | None = None, feeds: Path | None = None, thresholds: Path | None = None) -> Bench:
    """Open lake, engine and feeds as the environment says; each can be named otherwise.

    Raises:
        ConfigurationError: a feed description or a threshold row is wrong.
    """
    env: Environment = settings.YINKE
    lake = Lake(env.lake)
    return Bench(
        lake=lake,
        engine=open_engine(
            env.engine,  # type: ignore[arg-type]
            threads=env.threads,
            memory=env.memory,
            scratch=lake.root / "building",
            master=env.spark_master,
        ),
        feeds=load_feeds(feeds or env.feeds),
        inbox=inbox or env.inbox,
        thresholds=load_thresholds(thresholds or env.thresholds),
        threads=env.threads,
        memory=env.memory,
        secret=blake2b(b"oneid", key=env.data_key[:64]).digest(),
    )
