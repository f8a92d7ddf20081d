"""Each call of the API is one transaction of the web process's own role, in which one viewer sees."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from yinke.common.row_security import web_role


class OneTransaction:
    """Opens the transaction; who sees is set by the operation's door (``auth.Can``).

    An answer of 500 or worse takes back whatever was written. A refusal does not: a failed sign-in is counted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        with transaction.atomic():
            with web_role():
                response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        response.headers.setdefault("Cache-Control", "no-store")  # what it tells stays in no browser's cache
        return response
