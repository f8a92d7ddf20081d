"""Who may call: every operation of the API names a right (``auth=can("customer.read")``), or it is public."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import APIKeyCookie
from ninja.utils import check_csrf

from yinke.access.models import User
from yinke.access.queries import viewer_of
from yinke.access.viewer import RIGHTS, Viewer
from yinke.common.errors import NotAllowed, YinkeError
from yinke.common.row_security import see_as


class NotSignedIn(YinkeError):
    """No session, or it has ended."""

    code = "not_signed_in"
    status = 401


class ForeignRequest(NotAllowed):
    """A changing request without the page's token: it may come from another site (CSRF)."""

    code = "foreign_request"


def refuse_foreign(request: HttpRequest) -> None:
    """Check the CSRF token of a changing request.

    Raises:
        ForeignRequest: header ``X-CSRFToken`` does not match the cookie ``csrftoken``.
    """
    if check_csrf(request) is not None:
        raise ForeignRequest("The page's token is missing or old", remedy="Reload the page and try again")


def client_address(request: HttpRequest) -> str:
    """The caller's network address; behind a proxy that the bank runs, what the proxy saw."""
    forwarded = request.headers.get("X-Forwarded-For", "") if request.is_secure() else ""
    return forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104


class Can(APIKeyCookie):
    """Lets a signed-in member of staff with one right through and puts ``request.viewer``.

    ``right`` None: any signed-in member of staff.
    """

    param_name = "sessionid"

    def __init__(self, right: str | None) -> None:
        super().__init__(csrf=False)  # checked below, with our own error
        self.right = right

    def authenticate(self, request: HttpRequest, key: str | None) -> Viewer:
        """The viewer.

        Raises:
            NotSignedIn: no valid session, or the member of staff has left.
            ForeignRequest: the CSRF token is missing.
            NotAllowed: the role lacks the right.
        """
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            raise NotSignedIn("You are not signed in", remedy="Sign in and try again")
        refuse_foreign(request)
        viewer = viewer_of(user)
        if self.right is not None and not viewer.may(self.right):
            raise NotAllowed(
                "Your role has no right to this", place=self.right, remedy="Ask a security administrator"
            )
        see_as(viewer.user_id, viewer.org_ids, reads_customers=viewer.may("customer.read"))
        request.viewer = viewer  # type: ignore[attr-defined]
        return viewer


def can(right: str) -> Can:
    """The door of an operation: only for roles that hold ``right``.

    >>> can("customer.read").right
    'customer.read'
    """
    if not any(right in rights for rights in RIGHTS.values()):
        raise ValueError(f"no role holds {right}")
    return Can(right)


signed_in = Can(None)
"""The door of an operation that every member of staff may call."""


def viewer_from(request: HttpRequest) -> Viewer:
    """The viewer that the door has let through."""
    return request.viewer  # type: ignore[attr-defined,no-any-return]
