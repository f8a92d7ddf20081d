"""Passwords: nobody has one until it is set; whoever gets one from an administrator must change it.

The policy is GB/T 22239-2019 8.1.4.1 (level 3): length, kinds of characters, age, none of the newest few again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.hashers import check_password as matches
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from yinke.access.models import AuditEntry, PastPassword, StaffSession, User
from yinke.access.services import sessions
from yinke.access.services.limits import limits
from yinke.common.errors import NotAllowed, NotFound, YinkeError


class PasswordElsewhere(NotAllowed):
    """The person's password is kept by the bank's directory or single sign-on, and is changed there."""

    code = "password_elsewhere"


class WeakPassword(YinkeError):
    """The password is against the policy; the code says which part of it."""

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


def check_policy(user: User, password: str) -> None:
    """Whether a person may take this password.

    Raises:
        WeakPassword: too short, of too few classes, commonly used, holds the staff number, or used before.
    """
    values = limits()
    if len(password) < int(values["password.min_length"]) or len(password) > 128:
        raise WeakPassword(
            "The password is too short", place="password", code="password_too_short",
            remedy=f"Take {values['password.min_length']} to 128 characters",
        )  # fmt: skip
    if classes(password) < int(values["password.classes"]):
        raise WeakPassword(
            "The password is too simple", place="password", code="password_too_simple",
            remedy=f"Mix {values['password.classes']} of: small letters, capitals, digits, signs",
        )  # fmt: skip
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        raise WeakPassword(
            "Many people use this password", place="password", code="password_common", remedy="Take another"
        ) from None
    if user.emp_no.lower() in password.lower():
        raise WeakPassword(
            "The password holds the staff number", place="password", code="password_holds_number",
            remedy="Leave it out",
        )  # fmt: skip
    past = PastPassword.objects.filter(user_id=user.pk).order_by("-id").values_list("password", flat=True)
    before = [user.password, *past[: int(values["password.remembered"])]]
    if any(old and matches(password, old) for old in before):
        raise WeakPassword(
            "The password was used before", place="password", code="password_used_before",
            remedy=f"Take one that is none of the last {values['password.remembered']}",
        )  # fmt: skip


def must_change(user: User) -> bool:
    """Whether the password is too old, or an administrator gave it."""
    age = int(limits()["password.max_age_days"])
    if user.password_is_given:
        return True
    return age > 0 and (
        user.password_set_at is None or timezone.now() - user.password_set_at > timedelta(days=age)
    )


def keeps_password_here(session: StaffSession) -> None:
    """Whether the password by which a person came in can be changed here.

    Raises:
        PasswordElsewhere: the directory or an identity provider let them in.
    """
    if session.way != "password":
        raise PasswordElsewhere("Your password is kept elsewhere", remedy="Change it with the bank's sign-on")


def set_password(emp_no: str, password: str) -> None:
    """Give a member of staff a password, who must change it at the next sign-in. Their sessions end.

    Raises:
        NotFound: there is no such member of staff.
        WeakPassword: against the policy.
    """
    user = User.objects.filter(emp_no=emp_no).first()
    if user is None:
        raise NotFound(
            f"No member of staff {emp_no}", remedy="Run a night first: staff come with the staff file"
        )
    check_policy(user, password)
    with transaction.atomic():
        AuditEntry.objects.create(action="password.give", object_type="user", object_id=user.emp_no)
        _store(user, password, given=True)
        sessions.end_all([user.id], sessions.PASSWORD)


def change_own_password(user: User, password: str, session: int, address: str) -> None:
    """Take a new password; the old one has been checked. Every other session of the person ends.

    Raises:
        WeakPassword: against the policy.
    """
    check_policy(user, password)
    with transaction.atomic():
        AuditEntry.objects.create(
            user=user, action="password.change", object_type="user", object_id=user.emp_no, address=address
        )
        _store(user, password, given=False)
        sessions.end_all([user.id], sessions.PASSWORD, but=session)


def _store(user: User, password: str, *, given: bool) -> None:
    if user.has_usable_password() and user.password:
        PastPassword.objects.create(user=user, password=user.password)
    kept = user.past_passwords.order_by("-id").values_list("id", flat=True)
    user.past_passwords.filter(id__in=list(kept[int(limits()["password.remembered"]) :])).delete()
    user.set_password(password)
    user.password_set_at, user.password_is_given = timezone.now(), given
    user.save(update_fields=["password", "password_set_at", "password_is_given"])


def make_demo_logins(logins: Sequence[tuple[str, str]]) -> int:
    """Give the demo bank's people their passwords; staff that do not exist are left out.

    Returns:
        How many can now sign in.
    """
    hashes = {password: make_password(password) for password in {password for _, password in logins}}
    return sum(
        User.objects.filter(emp_no=emp_no).update(
            password=hashes[password], password_set_at=timezone.now(), password_is_given=False
        )
        for emp_no, password in logins
    )
