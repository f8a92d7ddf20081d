"""Sign-in, and who one is."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest
from ninja import Query, Router, Status

from yinke.access import queries, services
from yinke.access.auth import can, client_address, refuse_foreign, signed_in, viewer_from
from yinke.access.models import User
from yinke.access.schemas import AuditPage, AuditQuery, ErrorOut, Freshness, Language, Me, SignIn


def make_router(freshness: Callable[[], Freshness]) -> Router:
    """The router; ``freshness`` is told by the nights, which lie above this context."""
    router = Router(tags=["access"])

    @router.post("/session", response={200: Me, 401: ErrorOut, 429: ErrorOut}, auth=None)
    def sign_in(request: HttpRequest, body: SignIn) -> Me:
        """Sign in with staff number and password; five wrong ones lock person and address for a while."""
        refuse_foreign(request)
        address = client_address(request)
        try:
            user = services.check_password(body.emp_no, body.password, address)
        except services.WrongPassword as refused:
            services.audit_refusal(body.emp_no.replace("\x00", "").strip()[:20], refused.code, address)
            raise
        with transaction.atomic():  # nobody is in without an entry that says so
            services.audit(queries.viewer_of(user), "session.start", "user", user.emp_no, address=address)
            login(request, user)
        return queries.me(user, freshness())

    @router.delete("/session", response={204: None}, auth=signed_in)
    def sign_out(request: HttpRequest) -> Status[None]:
        """End the session; its cookie is worth nothing afterwards."""
        viewer = viewer_from(request)
        assert isinstance(request.user, User)  # noqa: S101
        services.audit(viewer, "session.end", "user", request.user.emp_no, address=client_address(request))
        logout(request)
        return Status(204, None)

    @router.get("/me", response=Me, auth=signed_in)
    def get_me(request: HttpRequest) -> Me:
        """The signed-in person, their rights, and how fresh the figures are."""
        assert isinstance(request.user, User)  # noqa: S101
        return queries.me(request.user, freshness())

    @router.patch("/me", response=Me, auth=signed_in)
    def change_language(request: HttpRequest, body: Language) -> Me:
        """Remember the language a person reads."""
        assert isinstance(request.user, User)  # noqa: S101
        return queries.me(services.change_language(request.user, body.language), freshness())

    @router.get("/audit", response=AuditPage, auth=can("audit.read"))
    def list_audit(request: HttpRequest, wanted: Query[AuditQuery], before: int | None = None) -> AuditPage:
        """The audit trail, newest first; each look at it is an entry of its own."""
        viewer = viewer_from(request)
        search = queries.AuditWanted(
            **wanted.model_dump(exclude={"address"}), address=str(wanted.address or "")
        )
        page = queries.audit_trail(viewer, search, before)
        services.audit(
            viewer, "audit.search", "audit", "", reason=f"{search}", address=client_address(request)
        )
        return page

    return router
