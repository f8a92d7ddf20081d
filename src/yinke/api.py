"""The API: one router per context, and one way to answer an error."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation

from yinke.access.alerts_api import router as alerts
from yinke.access.api import make_router
from yinke.access.roles_api import router as roles
from yinke.access.schemas import DemoLogin
from yinke.access.security_api import router as security
from yinke.care.api import router as care
from yinke.care.by_hand_api import router as by_hand
from yinke.care.churn_api import router as churn
from yinke.care.customer_api import router as customer_pages
from yinke.care.customer_lake_api import router as customer_lake
from yinke.care.history_api import router as history
from yinke.care.live_api import router as live
from yinke.care.own_events.api import router as own_events
from yinke.care.ownership_api import router as ownership
from yinke.care.value_api import router as value
from yinke.common.errors import YinkeError
from yinke.customers.api import router as customers
from yinke.customers.custom_api import router as custom_fields
from yinke.customers.export_api import router as exports
from yinke.customers.identity_api import router as identity
from yinke.customers.kept_api import router as customers_kept
from yinke.customers.relations_api import router as relations
from yinke.customers.search_api import router as customer_search
from yinke.effect.api import router as effect
from yinke.nightly.api import router as nightly
from yinke.nightly.queries import freshness
from yinke.outreach.api import router as outreach
from yinke.outreach.campaigns.api import router as campaigns
from yinke.outreach.journeys.api import router as journeys
from yinke.outreach.points.api import router as points
from yinke.outreach.policy_api import router as contact_policy
from yinke.outreach.ready.api import router as ready_care
from yinke.outreach.salons.api import router as salons
from yinke.privacy.api import router as privacy
from yinke.privacy.rights_api import router as rights
from yinke.scoring.api import router as scoring
from yinke.segments.api import router as segments
from yinke.segments.groups_api import router as segment_groups
from yinke.segments.members_api import router as segment_members
from yinke.segments.standards_api import router as standards
from yinke.segments.store_api import router as segment_store
from yinke.segments.tags_api import router as segment_tags


class Api(NinjaAPI):
    """Names each operation after its function: the front end's generated names are then the same words."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The function's name; unique over all contexts."""
        return operation.view_func.__name__


api = Api(title="Yinke 银客", version="1", docs_url=None, openapi_url="openapi.json")
api.add_router("", make_router(freshness))
api.add_router("", security)
api.add_router("", customers)
api.add_router("", relations)
api.add_router("", customer_search)
api.add_router("", customers_kept)
api.add_router("", custom_fields)
api.add_router("", exports)
api.add_router("", alerts)
api.add_router("", customer_pages)
api.add_router("", customer_lake)
api.add_router("", by_hand)
api.add_router("", care)
api.add_router("", live)
api.add_router("", own_events)
api.add_router("", churn)
api.add_router("", value)
api.add_router("", history)
api.add_router("", identity)
api.add_router("", ownership)
api.add_router("", roles)
api.add_router("", privacy)
api.add_router("", rights)
api.add_router("", segment_tags)  # before a segment of any code: "tags" is none
api.add_router("", segments)
api.add_router("", segment_groups)
api.add_router("", segment_members)  # before the store: its addresses are no codes of segments
api.add_router("", segment_store)
api.add_router("", standards)
api.add_router("/scoring", scoring)
api.add_router("", effect)
api.add_router("", outreach)
api.add_router("", contact_policy)
api.add_router("", ready_care)
api.add_router("", journeys)
api.add_router("", campaigns)
api.add_router("", salons)
api.add_router("", points)
api.add_router("/nightly", nightly)


@api.get("/demo-logins", response=list[DemoLogin], auth=None)
def list_demo_logins(request: HttpRequest) -> list[DemoLogin]:
    """The demo bank's logins, for the sign-in page; none outside the demo."""
    if settings.YINKE.production or not (settings.YINKE.home / "demo.json").exists():
        return []
    from yinke.demo.people import DEMO_PASSWORD, demo_logins

    return [
        DemoLogin(emp_no=d.emp_no, password=DEMO_PASSWORD, role=d.role, zh=d.zh, en=d.en)
        for d in demo_logins()
    ]


@api.exception_handler(YinkeError)
def refuse(request: HttpRequest, error: YinkeError) -> HttpResponse:
    """An error that a person can act on."""
    body = {"code": error.code, "message": error.message, "place": error.place, "remedy": error.remedy}
    return api.create_response(request, body, status=error.status)


@api.exception_handler(ValidationError)
def wrong_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Input of the wrong shape: names the first field that is wrong."""
    first = error.errors[0] if error.errors else {}
    place = ".".join(str(part) for part in first.get("loc", ())[1:])
    body = {"code": "invalid", "message": first.get("msg", ""), "place": place, "remedy": ""}
    return api.create_response(request, body, status=422)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON."""
    body = {"code": "invalid", "message": str(error), "place": "body", "remedy": ""}
    return api.create_response(request, body, status=error.status_code)


@api.exception_handler(OperationalError)
def database_gone(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """PostgreSQL does not answer; nothing was written."""
    logging.getLogger(__name__).error("database: %s", str(error).splitlines()[0])
    body = {
        "code": "database",
        "message": "The database does not answer",
        "place": "PostgreSQL",
        "remedy": "Nothing was lost. Try again in a minute; tell the operators if it stays",
    }
    return api.create_response(request, body, status=503)
