"""Register, approve, release, set aside and roll back models. Who trained a model neither approves nor releases it.

The database is the record; which model the nights use is written from it into the lake, for the lake's half of a night
knows no PostgreSQL.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yinke.access.maker_checker import another_persons, said_why
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.lake.store import Lake
from yinke.scoring.churn.store import KINDS, folder_of, read_files, set_released
from yinke.scoring.models import ScoringModel
from yinke.scoring.value.used import KINDS as COMPARED

Status = ScoringModel.Status
TRAIN, APPROVE = "model.train", "model.approve"


class ModelMoved(YinkeError):
    """The model does not stand where this step begins."""

    code = "model_moved"
    status = 409


@transaction.atomic
def register(viewer: Viewer, card: dict[str, Any], note: str = "") -> ScoringModel:
    """Register a model that has just been trained, as a candidate.

    Raises:
        NotAllowed: the viewer may not train models.
    """
    _may(viewer, TRAIN)
    model = ScoringModel.objects.create(
        kind=card["kind"], number=card["number"], metrics=card["metrics"], window=card["window"],
        features=card["features"], code_version=card["code_version"], digest=_digest(card["kind"], card["number"]),
        note=note.strip()[:200], trained_by_id=viewer.user_id,
    )  # fmt: skip
    audit(viewer, "model.train", "model", _name(model))
    return model


@transaction.atomic
def approve(viewer: Viewer, kind: str, number: int) -> ScoringModel:
    """Find a candidate fit for use. While another is in use it is the challenger: each night it scores beside that one.

    Raises:
        NotFound: there is none. NotAllowed: the viewer trained it, or may not approve models.
        ModelMoved: it is no candidate any more. YinkeError: its files are not those that were registered.
    """
    model = _another_persons(viewer, kind, number)
    _stands(model, Status.CANDIDATE)
    _check_files(model)
    model.status, model.approved_by_id, model.approved_at = Status.APPROVED, viewer.user_id, timezone.now()
    model.save(update_fields=["status", "approved_by", "approved_at"])
    transaction.on_commit(lay_down)
    audit(viewer, "model.approve", "model", _name(model))
    return model


@transaction.atomic
def release(viewer: Viewer, kind: str, number: int) -> ScoringModel:
    """Let the nights use an approved model from now on; the one before it retires.

    Raises:
        As ``approve``; ModelMoved if it is not approved.
    """
    model = _another_persons(viewer, kind, number)
    _stands(model, Status.APPROVED)
    _check_files(model)
    _retire(kind)
    _use(viewer, model)
    audit(viewer, "model.release", "model", _name(model))
    return model


@transaction.atomic
def set_aside(viewer: Viewer, kind: str, number: int, reason: str) -> ScoringModel:
    """Take a candidate, or an approved model that is not in use, out of the running for good.

    Raises:
        NotFound: there is none. NotAllowed: the viewer may not approve models. ModelMoved: it is neither.
        YinkeError: no reason is given.
    """
    _may(viewer, APPROVE)
    found, why = _found(kind, number), said_why(reason)
    if found.status not in (Status.CANDIDATE, Status.APPROVED):
        raise ModelMoved(
            f"It is {found.status}", place=_name(found), remedy="Only what is not in use can be set aside"
        )
    found.status, found.retired_at, found.reason = Status.RETIRED, timezone.now(), why
    found.save(update_fields=["status", "retired_at", "reason"])
    transaction.on_commit(lay_down)
    audit(viewer, "model.set_aside", "model", _name(found), reason=why)
    return found


@transaction.atomic
def roll_back(viewer: Viewer, kind: str, reason: str) -> ScoringModel | None:
    """Take the released model out of use; the one that was released before it is used again.

    Returns:
        The model used from now on; None if there was none before: the rules alone hold.

    Raises:
        ModelMoved: none is released. NotAllowed: the viewer trained the one before, or may not approve models.
        YinkeError: no reason is given.
    """
    _may(viewer, APPROVE)
    why = said_why(reason)
    current = ScoringModel.objects.select_for_update().filter(kind=kind, status=Status.RELEASED).first()
    if current is None:
        raise ModelMoved(f"No {kind} model is released", place=kind, remedy="Release one first")
    before = (
        ScoringModel.objects.select_for_update()
        .filter(kind=kind, status=Status.RETIRED, released_at__isnull=False, reason="")
        .order_by("-released_at").first()
    )  # fmt: skip
    if before is not None:
        another_persons(viewer, before.trained_by_id, _name(before))
        _check_files(before)
    _retire(kind, why)
    if before is not None:
        _use(viewer, before)
    else:
        transaction.on_commit(lay_down)
    audit(viewer, "model.rollback", "model", _name(current), reason=why)
    return before


def lay_down() -> None:
    """Write into the lake which models the nights use, and which stand beside them."""
    root = settings.YINKE.lake
    if not (root / "models").exists():
        return
    lake = Lake(root)
    for kind in KINDS:
        used, beside = champion_of(kind), challenger_of(kind)
        set_released(lake, kind, used.number if used else None, beside.number if beside else None)


def champion_of(kind: str) -> ScoringModel | None:
    """冠军: the model in use."""
    return ScoringModel.objects.filter(kind=kind, status=Status.RELEASED).first()


def challenger_of(kind: str) -> ScoringModel | None:
    """挑战者: while a model is in use, the one most lately approved that is not. Models of texts have none: what they tell is never proved right
    or wrong by a later month."""
    if kind not in COMPARED or champion_of(kind) is None:
        return None
    return (
        ScoringModel.objects.filter(kind=kind, status=Status.APPROVED)
        .order_by("-approved_at", "-number")
        .first()
    )


def _use(viewer: Viewer, model: ScoringModel) -> None:
    model.status, model.released_by_id, model.released_at = Status.RELEASED, viewer.user_id, timezone.now()
    model.retired_at = None
    model.save(update_fields=["status", "released_by", "released_at", "retired_at"])
    transaction.on_commit(lay_down)


def _retire(kind: str, reason: str = "") -> None:
    ScoringModel.objects.filter(kind=kind, status=Status.RELEASED).update(
        status=Status.RETIRED, retired_at=timezone.now(), reason=reason
    )


def _another_persons(viewer: Viewer, kind: str, number: int) -> ScoringModel:
    _may(viewer, APPROVE)
    found = _found(kind, number)
    another_persons(viewer, found.trained_by_id, _name(found))
    return found


def _found(kind: str, number: int) -> ScoringModel:
    model = ScoringModel.objects.select_for_update().filter(kind=kind, number=number).first()
    if model is None:
        raise NotFound(
            f"There is no {kind} model {number}", place=f"{kind} {number}", remedy="See the list of models"
        )
    return model


def _may(viewer: Viewer, right: str) -> None:
    if not viewer.may(right):
        raise NotAllowed(f"This takes the right {right}", place=right, remedy="Ask a security administrator")


def _stands(model: ScoringModel, wanted: str) -> None:
    if model.status != wanted:
        raise ModelMoved(
            f"It is {model.status}, not {wanted}", place=_name(model), remedy="See the list of models"
        )


def _check_files(model: ScoringModel) -> None:
    """Refuse a model whose card or files are not those that were registered (``model_changed``)."""
    read_files(Lake(settings.YINKE.lake), model.kind, model.number)
    if _digest(model.kind, model.number) != model.digest:
        raise YinkeError(
            "The model's card is not the one that was registered", place=_name(model), code="model_changed",
            remedy="Restore the folder from the backup, or roll back to another model",
        )  # fmt: skip


def _digest(kind: str, number: int) -> str:
    path = folder_of(Lake(settings.YINKE.lake), kind, number) / "card.json"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _name(model: ScoringModel) -> str:
    return f"{model.kind}/{model.number}"
