"""Sign-in, and who one is."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import login, logout
from django.http import HttpRequest
from ninja import Router, Status

from yinke.access import queries, services
from yinke.access.auth import client_address, refuse_foreign, signed_in
from yinke.access.models import User
from yinke.access.schemas import ErrorOut, Freshness, Language, Me, SignIn


def make_router(freshness: Callable[[], Freshness]) -> Router:
    """The router; ``freshness`` is told by the nights, which lie above this context."""
    router = Router(tags=["access"])

    @router.post("/session", response={200: Me, 401: ErrorOut, 429: ErrorOut}, auth=None)
    def sign_in(request: HttpRequest, body: SignIn) -> Me:
        """Sign in with staff number and password; five wrong ones lock person and address for a while."""
        refuse_foreign(request)
        user = services.check_password(body.emp_no, body.password, client_address(request))
        login(request, user)
        return queries.me(user, freshness())

    @router.delete("/session", response={204: None}, auth=signed_in)
    def sign_out(request: HttpRequest) -> Status[None]:
        """End the session; its cookie is worth nothing afterwards."""
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

    return router
