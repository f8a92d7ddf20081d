"""Passwords: nobody has one until it is set."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from yinke.access.models import User
from yinke.common.errors import NotFound, YinkeError


class WeakPassword(YinkeError):
    """The password is against the policy (GB/T 22239 level 3: 12 characters, 3 of 4 classes)."""

    code = "weak_password"


def classes(password: str) -> int:
    """How many of the four classes a password holds: small letters, capitals, digits, the rest.

    >>> classes("Yinke-2026"), classes("yinke")
    (4, 1)
    """
    rest = any(not c.isalnum() for c in password)
    return (
        any(map(str.islower, password))
        + any(map(str.isupper, password))
        + any(map(str.isdigit, password))
        + rest
    )


def set_password(emp_no: str, password: str) -> None:
    """Set a member of staff's password.

    Raises:
        NotFound: there is no such member of staff.
        WeakPassword: shorter than 12 characters, too common, or of fewer than 3 classes.
    """
    user = User.objects.filter(emp_no=emp_no).first()
    if user is None:
        raise NotFound(
            f"No member of staff {emp_no}", remedy="Run a night first: staff come with the staff file"
        )
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise WeakPassword(
            " ".join(problem.messages), place="password", remedy="Take 12 characters or more"
        ) from None
    if classes(password) < 3:
        raise WeakPassword(
            "The password is too simple", place="password",
            remedy="Mix three of: small letters, capitals, digits, signs",
        )  # fmt: skip
    user.set_password(password)
    user.save(update_fields=["password"])


def make_demo_logins(logins: Sequence[tuple[str, str]]) -> int:
    """Give the demo bank's people their passwords; staff that do not exist are left out.

    Returns:
        How many can now sign in.
    """
    hashes = {password: make_password(password) for password in {password for _, password in logins}}
    return sum(
        User.objects.filter(emp_no=emp_no).update(password=hashes[password]) for emp_no, password in logins
    )
