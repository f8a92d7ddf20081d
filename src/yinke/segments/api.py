"""规则: the field catalogue, and a rule checked and counted, sampled, explained, read from a sentence."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from yinke.access.auth import can, viewer_from
from yinke.access.services.audit import audit
from yinke.segments import queries
from yinke.segments.schemas import (
    CheckOut,
    ExplainIn,
    ExplainOut,
    FieldsOut,
    ParseOut,
    RuleIn,
    SampleRow,
    TextIn,
)  # fmt: skip

router = Router(tags=["segments"])


@router.get("/segments/fields", response=FieldsOut, auth=can("segment.draw"))
def list_rule_fields(request: HttpRequest) -> FieldsOut:
    """字段目录: what rules may speak of, with operators and suggested values."""
    return queries.field_catalogue(viewer_from(request))


@router.post("/segments/check", response=CheckOut, auth=can("segment.draw"))
def check_rule(request: HttpRequest, body: RuleIn) -> CheckOut:
    """The problems of a rule at their places; of a right one its sentence and how many customers it holds of.

    They are counted within the viewer's scope, by org, tier and stage.
    """
    return queries.check_rule(viewer_from(request), body.rule)


@router.post("/segments/sample", response=list[SampleRow], auth=can("segment.draw"))
def sample_rule(request: HttpRequest, body: RuleIn) -> list[SampleRow]:
    """Some customers whom a rule holds of, within the viewer's scope; audited."""
    viewer = viewer_from(request)
    found = queries.sample_rule(viewer, body.rule)
    audit(viewer, "segment.sample", "customer", "", reason=f"{len(found)}")
    return found


@router.post("/segments/explain", response=ExplainOut, auth=can("segment.draw"))
def explain_rule(request: HttpRequest, body: ExplainIn) -> ExplainOut:
    """Why one customer is in, or not, condition by condition; audited."""
    viewer = viewer_from(request)
    found = queries.explain_rule(viewer, body.rule, body.customer_id)
    audit(viewer, "segment.explain", "customer", str(body.customer_id))
    return found


@router.post("/segments/parse", response=ParseOut, auth=can("segment.draw"))
def parse_rule(request: HttpRequest, body: TextIn) -> ParseOut:
    """What somebody typed, as a rule, and what of it was understood."""
    return queries.parse_text(viewer_from(request), body.text)
