"""Train a model: from the command line at once, from the page by the worker, beside no night."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yinke.access.models import User
from yinke.access.queries import viewer_of
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, YinkeError
from yinke.common.thresholds import load_thresholds
from yinke.lake.engine import Engine, open_engine
from yinke.lake.store import Lake
from yinke.scoring.churn.store import KINDS
from yinke.scoring.models import ModelComparison, ScoringModel, TrainingRun
from yinke.scoring.services import registry
from yinke.scoring.services.comparison import compare_models
from yinke.scoring.services.feedback import explained
from yinke.scoring.text.train import Example, read_examples

Status = TrainingRun.Status
EXAMPLES = "examples.sealed"
"""Beside the models; exchanges of the lake's keys know it."""
OnMonth = Callable[[date, int, int], None]


class TrainingOpen(YinkeError):
    """Such a model is being trained already."""

    code = "training_open"
    status = 409


def train(
    viewer: Viewer, kind: str, note: str = "", on_month: OnMonth = lambda month, done, total: None
) -> tuple[ScoringModel, dict[str, Any]]:
    """Train a model from the lake and what managers told, register it as a candidate, and compare it with the one in use.

    Returns:
        The model and its card.

    Raises:
        NotAllowed: the viewer may not train models.
        YinkeError: no such kind, or too little to learn from.
    """
    _check(viewer, kind)
    engine, lake, values = _bench()
    card = _trained(kind, engine, lake, values, settings.YINKE.threads, on_month)
    model = registry.register(viewer, card, note)
    with suppress(YinkeError):  # none is in use, or it cannot be asked: the card says all that there is
        compare_models(engine, lake, values, kind, model.number)
    return model, card


def compare(viewer: Viewer, kind: str, number: int | None = None) -> ModelComparison:
    """Measure a model (None: the challenger) beside the one in use, on the newest month whose outcome is known.

    Raises:
        NotAllowed: the viewer may not look at models. YinkeError: as ``comparison.compare_models``.
    """
    if not viewer.may("model.read"):
        raise NotAllowed("You may not look at models", place=kind, remedy="Ask a security administrator")
    engine, lake, values = _bench()
    return compare_models(engine, lake, values, kind, number)


def _bench() -> tuple[Engine, Lake, Mapping[str, Any]]:
    """The engine, the lake, and the thresholds of its newest day."""
    env: Any = settings.YINKE
    lake = Lake(env.lake)
    engine = open_engine(
        env.engine,
        threads=env.threads,
        memory=env.memory,
        scratch=lake.root / "building",
        master=env.spark_master,
    )
    newest = lake.latest()
    return (
        engine,
        lake,
        load_thresholds(env.thresholds).at(newest.biz_date if newest else timezone.localdate()),
    )


def _trained(
    kind: str, engine: Engine, lake: Lake, values: Mapping[str, Any], threads: int, on_month: OnMonth
) -> dict[str, Any]:
    """Train by kind; LightGBM is loaded here and not before."""
    if kind == "value":
        from yinke.scoring.value.outcome import Past
        from yinke.scoring.value.train_value import train_value

        return train_value(Past(engine, lake, values), threads=threads, on_month=on_month)
    if kind == "product":
        from yinke.scoring.value.outcome import Past
        from yinke.scoring.value.train_products import train_products

        return train_products(Past(engine, lake, values), threads=threads, on_month=on_month)
    if kind == "text":
        from yinke.scoring.text.train import train_text

        newest = lake.latest()
        return train_text(lake, own_examples(lake), newest.biz_date if newest else timezone.localdate())
    from yinke.scoring.churn.train import train_churn

    return train_churn(engine, lake, values, threads=threads, explained=explained(values), on_month=on_month)


def own_examples(lake: Lake) -> list[Example]:
    """The bank's own labelled texts, of which every later model learns too; none before some were handed over."""
    path = lake.root / "models" / "text" / EXAMPLES
    if not path.exists():
        return []
    with lake.keys.opened_file(path) as file:
        return read_examples(file.read(), path.name)


def take_examples(viewer: Viewer, path: Path) -> int:
    """Keep the bank's own labelled texts, sealed, in place of those before. Gives how many there are.

    Raises:
        NotAllowed: the viewer may not train models. YinkeError: the file is not what it should be.
    """
    _check(viewer, "text")
    try:
        body = path.read_bytes()
    except OSError as problem:
        raise YinkeError(
            f"The examples cannot be read: {problem.strerror}", place=path.name, code="examples_wrong",
            remedy="Give a file that is there",
        ) from None  # fmt: skip
    found = read_examples(body, path.name)
    lake = Lake(settings.YINKE.lake)
    place = lake.root / "models" / "text"
    place.mkdir(parents=True, exist_ok=True)
    scratch = place / f".{EXAMPLES}.{os.getpid()}.tmp"
    with scratch.open("wb") as target:
        sealed = lake.keys.sealed_file(target)
        sealed.write(body)
        sealed.close()
    scratch.replace(place / EXAMPLES)
    return len(found)


@transaction.atomic
def ask(viewer: Viewer, kind: str, note: str) -> TrainingRun:
    """Have a model trained by the worker; one at a time of each kind.

    Raises:
        NotAllowed: the viewer may not train models. YinkeError: no such kind. TrainingOpen: one is under way.
    """
    from yinke.scoring.schedule import train as job

    _check(viewer, kind)
    if TrainingRun.objects.filter(kind=kind, status__in=TrainingRun.OPEN).exists():
        raise TrainingOpen("One is being trained", place=kind, remedy="Wait until it is there")
    run = TrainingRun.objects.create(kind=kind, note=note.strip()[:200], asked_by_id=viewer.user_id)
    job.defer(run_id=run.id)
    return run


def carry_out(run_id: int) -> str:
    """What the worker does: train, and note how it ended. Twice is once.

    Returns:
        The run's status.
    """
    run = (
        TrainingRun.objects.select_related("asked_by").filter(id=run_id, status__in=TrainingRun.OPEN).first()
    )
    if run is None:
        return ""
    run.status, run.started_at = Status.RUNNING, timezone.now()
    run.save()
    try:
        model, _ = train(
            viewer_of(User.objects.select_related("org").get(id=run.asked_by_id)), run.kind, run.note
        )
        run.status, run.number = Status.DONE, model.number
    except YinkeError as problem:
        run.status, run.code = Status.FAILED, problem.code
    except Exception:
        run.status, run.code = Status.FAILED, "internal"
        raise
    finally:
        run.finished_at = timezone.now()
        run.save()
    return str(run.status)


def _check(viewer: Viewer, kind: str) -> None:
    if not viewer.may(registry.TRAIN):
        raise NotAllowed("You may not train models", place=kind, remedy="Ask a security administrator")
    if kind not in KINDS:
        raise YinkeError(
            f"There is no kind '{kind}'",
            place=kind,
            code="model_missing",
            remedy=f"Choose one of {', '.join(KINDS)}",
        )
