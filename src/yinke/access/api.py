"""Sign-in, and who one is."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from ninja import Query, Router, Status

from yinke.access import queries, services
from yinke.access.auth import (
    can,
    client_address,
    entering,
    refuse_foreign,
    session_from,
    user_from,
    viewer_from,
)
from yinke.access.schemas import (
    AuditPage,
    AuditQuery,
    ErrorOut,
    Freshness,
    Language,
    Me,
    SecondStep,
    SignIn,
    SignInWay,
)
from yinke.access.services import second_factor, sessions


def make_router(freshness: Callable[[], Freshness]) -> Router:
    """The router; ``freshness`` is told by the nights, which lie above this context."""
    router = Router(tags=["access"])

    @router.post("/session", response={200: Me, 202: SecondStep, 401: ErrorOut, 429: ErrorOut}, auth=None)
    def sign_in(request: HttpRequest, body: SignIn) -> Me | Status[SecondStep]:
        """Sign in with staff number and password; five wrong ones lock person and address for a while.

        202: the password is right, and a second factor is awaited (``/session/code``, ``/session/passkey``).
        """
        refuse_foreign(request)
        address = client_address(request)
        try:
            user = services.check_password(body.emp_no, body.password, address)
        except (services.WrongPassword, services.LockedOut) as refused:
            services.audit_refusal(body.emp_no.replace("\x00", "").strip()[:20], refused.code, address)
            raise
        way = services.way_of(user)
        if kinds := second_factor.kinds_of(user.id):
            second_factor.wait(request, user, way)
            return Status(202, SecondStep(kinds=kinds))  # type: ignore[arg-type]
        session = second_factor.complete(request, user, way=way)
        return queries.me(user, session, freshness())

    @router.get("/sign-in-ways", response=list[SignInWay], auth=None)
    def list_sign_in_ways(request: HttpRequest) -> list[SignInWay]:
        """The bank's single sign-on, for the sign-in page; a form posts to each one's address."""
        return queries.sign_in_ways()

    @router.delete("/session", response={204: None}, auth=entering)
    def sign_out(request: HttpRequest) -> Status[None]:
        """End the session; its cookie is worth nothing afterwards."""
        sessions.sign_out(request, session_from(request))
        return Status(204, None)

    @router.get("/me", response=Me, auth=entering)
    def get_me(request: HttpRequest) -> Me:
        """The signed-in person, their rights, and how fresh the figures are."""
        return queries.me(user_from(request), session_from(request), freshness())

    @router.patch("/me", response=Me, auth=entering)
    def change_language(request: HttpRequest, body: Language) -> Me:
        """Remember the language a person reads."""
        user = services.change_language(user_from(request), body.language)
        return queries.me(user, session_from(request), freshness())

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
