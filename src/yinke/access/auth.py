"""Who may call: every operation of the API names a right (``auth=can("customer.read")``), or it is public."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest
from ninja.security import APIKeyCookie
from ninja.utils import check_csrf

from yinke.access.models import StaffSession, User
from yinke.access.queries import viewer_of
from yinke.access.services import sessions
from yinke.access.services.sessions import NotSignedIn, client_address
from yinke.access.viewer import RIGHTS, Viewer
from yinke.common.errors import NotAllowed
from yinke.common.row_security import see_as

__all__ = [
    "Can", "can", "client_address", "entering", "refuse_foreign", "session_from", "signed_in", "user_from", "viewer_from",
]  # fmt: skip


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


class PasswordChangeNeeded(NotAllowed):
    """The password is too old, or an administrator gave it: it must be changed before anything else."""

    code = "password_change_needed"


class SecondFactorNeeded(NotAllowed):
    """The role must have a second factor, and the person has none yet: it must be set up before anything else."""

    code = "second_factor_needed"


MUST: dict[str, Callable[[], NotAllowed]] = {
    "password": partial(PasswordChangeNeeded, "Change the password first", remedy="Set a new password"),
    "second_factor": partial(
        SecondFactorNeeded, "Set up a second factor first", remedy="Set up an authenticator app or a passkey"
    ),
}


class Can(APIKeyCookie):
    """Lets a signed-in member of staff with one right through and puts ``request.viewer``.

    ``right`` None: any signed-in member of staff.
    """

    param_name = "sessionid"

    def __init__(self, right: str | None, even_if: frozenset[str] = frozenset()) -> None:
        super().__init__(csrf=False)  # checked below, with our own error
        self.right = right
        self.even_if = even_if
        """What may still have to be done first (see ``MUST``) by whoever calls."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Viewer:
        """The viewer.

        Raises:
            NotSignedIn: no valid session (the code tells how it ended), or the member of staff has left.
            ForeignRequest: the CSRF token is missing.
            PasswordChangeNeeded, SecondFactorNeeded: that must be done before anything else.
            NotAllowed: the role lacks the right.
        """
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            raise NotSignedIn("You are not signed in", remedy="Sign in and try again")
        session = sessions.current(request, user)
        refuse_foreign(request)
        if session.must and session.must not in self.even_if:
            raise MUST[session.must]()
        viewer = viewer_of(user)
        if self.right is not None and not viewer.may(self.right):
            raise NotAllowed(
                "Your role has no right to this", place=self.right, remedy="Ask a security administrator"
            )
        see_as(
            viewer.user_id, viewer.looks_after, viewer.org_ids, reads_customers=viewer.may("customer.read")
        )
        request.viewer = viewer  # type: ignore[attr-defined]
        request.staff_session = session  # type: ignore[attr-defined]
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
entering = Can(None, frozenset(MUST))
"""The door of an operation that is open even while something must be done first."""


def viewer_from(request: HttpRequest) -> Viewer:
    """The viewer that the door has let through."""
    return request.viewer  # type: ignore[attr-defined,no-any-return]


def session_from(request: HttpRequest) -> StaffSession:
    """The session that the door has let through."""
    return request.staff_session  # type: ignore[attr-defined,no-any-return]


def user_from(request: HttpRequest) -> User:
    """The person whom the door has let through."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user
