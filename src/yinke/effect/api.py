"""效果评估: experiments asked for, decided, run, and what they showed."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router

from yinke.access.auth import can, viewer_from
from yinke.effect import queries, queries_power
from yinke.effect.schemas import (
    ExperimentDetail,
    ExperimentIn,
    ExperimentOut,
    PowerOut,
    TestableOut,
    TestableSegmentOut,
    WhyIn,
)
from yinke.effect.services import decide, learn

router = Router(tags=["effect"])
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/experiments", response=list[ExperimentOut], auth=can("effect.read"))
def list_experiments(request: HttpRequest) -> list[ExperimentOut]:
    """Experiments, the newest first, each with its newest look."""
    return queries.experiments_of(viewer_from(request))


@router.get("/experiments/events", response=list[TestableOut], auth=can("effect.make"))
def list_testable_events(request: HttpRequest) -> list[TestableOut]:
    """Events that may be tested."""
    return queries_power.testable_of(viewer_from(request))


@router.get("/experiments/segments", response=list[TestableSegmentOut], auth=can("effect.make"))
def list_testable_segments(request: HttpRequest) -> list[TestableSegmentOut]:
    """Segments whose members may be approached: an experiment may be on one of them."""
    return queries_power.testable_segments_of(viewer_from(request))


@router.get("/experiments/power", response=PowerOut, auth=can("effect.read"))
def get_power(
    request: HttpRequest, share: Annotated[int, Query(ge=5, le=50)], days: Annotated[int, Query(ge=1, le=365)],
    events: Annotated[list[str], Query(max_length=40)] = [], segment: Annotated[str, Query(max_length=40)] = "",  # noqa: B006
) -> PowerOut:  # fmt: skip
    """把握度: what an experiment on these events could see, or one on the members of a segment (its code)."""
    viewer = viewer_from(request)
    if segment:
        return queries_power.power_of_segment(viewer, segment, share)
    return queries_power.power_of(viewer, events, share, days)


@router.post("/experiments", response=ExperimentDetail, auth=can("effect.make"))
def plan_experiment(request: HttpRequest, body: ExperimentIn) -> ExperimentDetail:
    """Ask for an experiment; another person approves it."""
    viewer = viewer_from(request)
    made = decide.plan(viewer, decide.Plan(**body.model_dump()))
    return queries.experiment_of(viewer, made.id)


@router.get("/experiments/{number}", response=ExperimentDetail, auth=can("effect.read"))
def get_experiment(request: HttpRequest, number: Number) -> ExperimentDetail:
    """One experiment with its report and all looks."""
    return queries.experiment_of(viewer_from(request), number)


@router.post("/experiments/{number}/approve", response=ExperimentDetail, auth=can("effect.approve"))
def approve_experiment(request: HttpRequest, number: Number) -> ExperimentDetail:
    """Find a plan fit to be run; never one's own."""
    viewer = viewer_from(request)
    decide.approve(viewer, number)
    return queries.experiment_of(viewer, number)


@router.post("/experiments/{number}/refuse", response=ExperimentDetail, auth=can("effect.approve"))
def refuse_experiment(request: HttpRequest, number: Number, body: WhyIn) -> ExperimentDetail:
    """Refuse a plan, with the reason."""
    viewer = viewer_from(request)
    decide.refuse(viewer, number, body.reason)
    return queries.experiment_of(viewer, number)


@router.post("/experiments/{number}/withdraw", response=ExperimentDetail, auth=can("effect.make"))
def withdraw_experiment(request: HttpRequest, number: Number) -> ExperimentDetail:
    """Take one's own plan back before it starts."""
    viewer = viewer_from(request)
    decide.withdraw(viewer, number)
    return queries.experiment_of(viewer, number)


@router.post("/experiments/{number}/start", response=ExperimentDetail, auth=can("effect.make"))
def start_experiment(request: HttpRequest, number: Number) -> ExperimentDetail:
    """Take customers in from the next night on."""
    viewer = viewer_from(request)
    decide.start(viewer, number)
    return queries.experiment_of(viewer, number)


@router.post("/experiments/{number}/stop", response=ExperimentDetail, auth=can("effect.make"))
def stop_experiment(request: HttpRequest, number: Number, body: WhyIn) -> ExperimentDetail:
    """End it before its time; nobody is held out any more, and nothing more is claimed."""
    viewer = viewer_from(request)
    decide.stop(viewer, number, body.reason)
    return queries.experiment_of(viewer, number)


@router.post("/experiments/{number}/uplift", response=ExperimentDetail, auth=can("effect.make"))
def learn_uplift(request: HttpRequest, number: Number) -> ExperimentDetail:
    """增量模型: learn from all that has ended on the same events or segment whom care changes, and keep it."""
    viewer = viewer_from(request)
    learn.learn(viewer, number)
    return queries.experiment_of(viewer, number)
