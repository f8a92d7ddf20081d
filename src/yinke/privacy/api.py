"""个人信息保护: consents on the customer's page, the texts behind them, and the catalogue of all data."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from yinke.access.auth import can, client_address, viewer_from
from yinke.privacy import queries
from yinke.privacy.schemas import ConsentIn, ConsentsOut, EntryOut, PolicyIn, PolicyOut
from yinke.privacy.services.policies import publish_policy
from yinke.privacy.services.record_consent import Said, record_consent

router = Router(tags=["privacy"])


@router.get("/customers/{customer_id}/consents", response=ConsentsOut, auth=can("consent.read"))
def get_consents(request: HttpRequest, customer_id: int) -> ConsentsOut:
    """How the customer stands to each purpose, and what they said when."""
    return queries.consents(viewer_from(request), customer_id)


@router.post("/customers/{customer_id}/consents", response=ConsentsOut, auth=can("consent.record"))
def record_customer_consent(request: HttpRequest, customer_id: int, body: ConsentIn) -> ConsentsOut:
    """Record a yes (with its proof) or a no; it holds at once."""
    viewer = viewer_from(request)
    said = Said(body.purpose, body.answer, body.channel, body.request_key, body.policy_id, body.evidence)
    record_consent(viewer, customer_id, said, client_address(request))
    return queries.consents(viewer, customer_id)


@router.get("/policies", response=list[PolicyOut], auth=can("consent.read"))
def list_policies(request: HttpRequest) -> list[PolicyOut]:
    """Every version of the texts that customers consent to."""
    return queries.policies(viewer_from(request))


@router.post("/policies", response=PolicyOut, auth=can("policy.publish"))
def publish_consent_policy(request: HttpRequest, body: PolicyIn) -> PolicyOut:
    """Publish the next version of a text; one that changes the purpose voids earlier consents."""
    viewer = viewer_from(request)
    policy = publish_policy(
        viewer, body.purpose, body.text_zh, body.text_en, changes_purpose=body.changes_purpose
    )
    return queries.policy_out(viewer, policy)


@router.get("/catalogue", response=list[EntryOut], auth=can("catalogue.read"))
def get_catalogue(request: HttpRequest) -> list[EntryOut]:
    """数据目录: every stored field with level, purpose, legal ground and retention."""
    return queries.data_catalogue(viewer_from(request))
