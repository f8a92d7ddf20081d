"""Sign-in: the same answer for a wrong name, a wrong password and one who has left."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.hashers import check_password as matches
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from yinke.access.models import SignInFailure, User
from yinke.access.services import directory, passwords
from yinke.access.services.limits import limits, needs_second_factor
from yinke.common.errors import YinkeError


class WrongPassword(YinkeError):
    """Staff number and password do not fit together (or the person has left: the text does not tell)."""

    code = "wrong_password"
    status = 401


class WrongOldPassword(YinkeError):
    """The password that a signed-in person gave as their present one is another."""

    code = "wrong_old_password"


class LockedOut(YinkeError):
    """Too many wrong passwords for this person from this address, or from this address whoever was meant."""

    code = "locked_out"
    status = 429


def check_password(emp_no: str, password: str, address: str) -> User:
    """The member of staff who signs in. Earlier failures are forgotten when the whole sign-in is done.

    Tries of one person are counted one after the other (advisory lock), so that parallel tries cannot
    slip past the count.

    Raises:
        WrongPassword: the pair does not fit, or the member of staff is not active.
        LockedOut: too many failures; even the right password is refused until the window has passed.
        DirectoryDown: the bank's directory does not answer.
    """
    emp_no = emp_no.replace("\x00", "").strip()[:20]
    with transaction.atomic():
        lock_of(emp_no)
        locked = _locked(emp_no, address)
        user = None
        if not locked:
            user = User.objects.select_related("org").filter(emp_no=emp_no, is_active=True).first()
            if not _fits(user, password):
                user = None
                SignInFailure.objects.create(emp_no=emp_no, address=address, at=timezone.now())
    if locked:
        raise too_many(locked)
    if user is None:
        raise WrongPassword(
            "Staff number or password is wrong", place="password", remedy="Check both and try again"
        )
    return user


def check_own_password(user: User, password: str, address: str) -> None:
    """Whether whoever sits at an open session knows the password; guesses count as at sign-in.

    Raises:
        WrongOldPassword: it is another.
        LockedOut: too many failures.
    """
    try:
        check_password(user.emp_no, password, address)
    except WrongPassword:
        raise WrongOldPassword(
            "The present password is wrong", place="old_password", remedy="Check it and try again"
        ) from None
    forget_failures(user.emp_no, address)


def _fits(user: User | None, password: str) -> bool:
    if user is not None and directory.checks(user):
        return directory.fits(user, password)
    if user is None or not user.has_usable_password():
        make_password(password)  # as slow as a real check: the time must not tell who exists
        return False
    return matches(password, user.password)


def way_of(user: User) -> str:
    """Who checks a person's password: ``directory``, or ``password`` if it is kept here."""
    return "directory" if directory.checks(user) else "password"


def lock_of(emp_no: str) -> None:
    """Hold, until the transaction ends, the lock under which a person's failures are counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign-in {emp_no}"])


def _window() -> timedelta:
    return timedelta(minutes=int(limits()["signin.window_minutes"]))


def _locked(emp_no: str, address: str) -> str:
    """Empty, or what is locked: ``person`` or ``address``. Failures older than the window are removed."""
    values = limits()
    since = timezone.now() - _window()
    SignInFailure.objects.filter(emp_no=emp_no, address=address, at__lt=since).delete()
    if SignInFailure.objects.filter(emp_no=emp_no, address=address).count() >= int(values["signin.failures"]):
        return "person"
    here = SignInFailure.objects.filter(address=address, at__gte=since)
    return "address" if here.count() >= int(values["signin.address_failures"]) else ""


def second_step_locked(emp_no: str) -> bool:
    """Whether too many wrong codes were given for this person within the window, from wherever."""
    wrong = SignInFailure.objects.filter(emp_no=emp_no, second_step=True, at__gte=timezone.now() - _window())
    return wrong.count() >= int(limits()["signin.failures"])


def too_many(locked: str = "person") -> LockedOut:
    """The refusal of whoever is locked out."""
    wait = f"Wait {limits()['signin.window_minutes']} minutes, or ask a system administrator"
    if locked == "address":
        return LockedOut("Too many wrong passwords from this address", code="address_locked", remedy=wait)
    return LockedOut("Too many wrong passwords", place="password", remedy=wait)


def forget_failures(emp_no: str, address: str) -> None:
    """A whole sign-in forgets what went wrong before it."""
    SignInFailure.objects.filter(emp_no=emp_no, address=address).delete()


def must_first(user: User, *, has_second_factor: bool, own_password: bool) -> str:
    """What a person must do before anything else: ``password``, ``second_factor`` or nothing.

    Args:
        has_second_factor: one is set up (or the identity provider has asked for its own).
        own_password: came in by a password that is kept here.
    """
    if own_password and passwords.must_change(user):
        return "password"
    return "second_factor" if needs_second_factor(user.role) and not has_second_factor else ""


def change_language(user: User, language: str) -> User:
    """Remember the language a person reads."""
    user.language = language
    user.save(update_fields=["language"])
    return user
