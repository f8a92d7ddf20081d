"""Passwords that the bank's LDAP directory checks (extra ``ldap``)."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from yinke.access.models import User
from yinke.common.errors import YinkeError


class DirectoryDown(YinkeError):
    """The directory gave no answer: nobody is told that their password is wrong, and nothing is counted."""

    code = "directory_down"
    status = 503


def checks(user: User) -> bool:
    """Whether the directory checks this person's password."""
    return bool(settings.YINKE_SIGN_IN.kept_by_directory(user.emp_no))


def fits(user: User, password: str) -> bool:
    """Whether the directory takes staff number and password.

    Raises:
        DirectoryDown: it can't be reached, or refuses our own account.
    """
    from django_auth_ldap.backend import LDAPBackend, ldap_error

    if not password or "\x00" in password:
        return False  # an empty password is an anonymous bind, which succeeds

    def give_up(**_: Any) -> None:
        raise DirectoryDown(
            "The bank's directory does not answer", remedy="Try again; tell the operators if it stays"
        )

    ldap_error.connect(give_up, weak=False, dispatch_uid="yinke.directory")
    found = LDAPBackend().authenticate(None, username=user.emp_no, password=password)
    return found is not None and found.pk == user.pk
