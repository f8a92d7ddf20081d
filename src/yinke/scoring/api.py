"""Models: listed, shown, approved, released, set aside, rolled back."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router

from yinke.access.auth import can, viewer_from
from yinke.scoring import queries
from yinke.scoring.schemas import (
    ModelCard,
    ModelOut,
    Monitoring,
    ReasonIn,
    RolledBack,
    TextIn,
    TextOut,
    TrainIn,
    TrainingOut,
)
from yinke.scoring.services import registry, training

router = Router(tags=["scoring"])
Kind = Annotated[str, Path(max_length=20)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/models", response=list[ModelOut], auth=can("model.read"))
def list_models(request: HttpRequest) -> list[ModelOut]:
    """All models, newest first."""
    return queries.models_of(viewer_from(request))


@router.get("/models/{kind}/{number}", response=ModelCard, auth=can("model.read"))
def get_model_card(request: HttpRequest, kind: Kind, number: Number) -> ModelCard:
    """模型卡: window, features, metrics, reliability, who decided what."""
    return queries.card_of(viewer_from(request), kind, number)


@router.post("/models/{kind}/{number}/approve", response=ModelCard, auth=can("model.approve"))
def approve_model(request: HttpRequest, kind: Kind, number: Number) -> ModelCard:
    """Find a candidate fit for use; never the one who trained it."""
    viewer = viewer_from(request)
    registry.approve(viewer, kind, number)
    return queries.card_of(viewer, kind, number)


@router.post("/models/{kind}/{number}/release", response=ModelCard, auth=can("model.approve"))
def release_model(request: HttpRequest, kind: Kind, number: Number) -> ModelCard:
    """Let the nights use an approved model from now on."""
    viewer = viewer_from(request)
    registry.release(viewer, kind, number)
    return queries.card_of(viewer, kind, number)


@router.post("/models/{kind}/{number}/set-aside", response=ModelCard, auth=can("model.approve"))
def set_model_aside(request: HttpRequest, kind: Kind, number: Number, body: ReasonIn) -> ModelCard:
    """不采用: take a candidate, or an approved model that is not in use, out of the running."""
    viewer = viewer_from(request)
    registry.set_aside(viewer, kind, number, body.reason)
    return queries.card_of(viewer, kind, number)


@router.post("/releases/{kind}/rollback", response=RolledBack, auth=can("model.approve"))
def roll_back_model(request: HttpRequest, kind: Kind, body: ReasonIn) -> RolledBack:
    """Take the released model out of use; the one before it is used again."""
    found = registry.roll_back(viewer_from(request), kind, body.reason)
    return RolledBack(number=found.number if found else None)


@router.get("/monitoring/{kind}", response=Monitoring, auth=can("model.read"))
def get_monitoring(request: HttpRequest, kind: Kind) -> Monitoring:
    """评分监测: how many each night scored, drift, and nights without scores."""
    return queries.monitoring_of(viewer_from(request), kind)


@router.get("/trainings", response=list[TrainingOut], auth=can("model.read"))
def list_trainings(request: HttpRequest) -> list[TrainingOut]:
    """The newest trainings."""
    return queries.trainings_of(viewer_from(request))


@router.post("/trainings", response=list[TrainingOut], auth=can("model.train"))
def train_model(request: HttpRequest, body: TrainIn) -> list[TrainingOut]:
    """Have a model trained by the worker; the page asks for the list until it is there."""
    viewer = viewer_from(request)
    training.ask(viewer, body.kind, body.note)
    return queries.trainings_of(viewer)


@router.post("/texts/read", response=TextOut | None, auth=can("task.work"))
def read_text(request: HttpRequest, body: TextIn) -> TextOut | None:
    """What a note is about, while it is written: perhaps it is a complaint. Null while no model is in use."""
    return queries.read_text(body.text)
