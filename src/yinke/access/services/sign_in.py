"""Sign-in: the same answer for a wrong name, a wrong password and one who has left."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password as matches
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from yinke.access.models import SignInFailure, User
from yinke.common.errors import YinkeError
from yinke.common.thresholds import load_thresholds


class WrongPassword(YinkeError):
    """Staff number and password do not fit together (or the person has left: the text does not tell)."""

    code = "wrong_password"
    status = 401


class LockedOut(YinkeError):
    """Too many wrong passwords for this person from this address."""

    code = "locked_out"
    status = 429


def check_password(emp_no: str, password: str, address: str) -> User:
    """The member of staff who signs in.

    Tries of one person are counted one after the other (advisory lock), so that parallel tries cannot
    slip past the count.

    Raises:
        WrongPassword: the pair does not fit, or the member of staff is not active.
        LockedOut: too many failures; even the right password is refused until the window has passed.
    """
    values = load_thresholds(settings.YINKE.thresholds).at(timezone.localdate())
    window = timedelta(minutes=int(values["signin.window_minutes"]))
    emp_no = emp_no.replace("\x00", "").strip()[:20]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign-in {emp_no}"])
        now = timezone.now()
        failures = SignInFailure.objects.filter(emp_no=emp_no, address=address)
        failures.filter(at__lt=now - window).delete()
        locked = failures.count() >= int(values["signin.failures"])
        user = None
        if not locked:
            user = User.objects.select_related("org").filter(emp_no=emp_no, is_active=True).first()
            if user is None or not user.has_usable_password():
                make_password(password)  # as slow as a real check: the time must not tell who exists
                user = None
            elif not matches(password, user.password):
                user = None
            if user is None:
                SignInFailure.objects.create(emp_no=emp_no, address=address, at=now)
            else:
                failures.delete()
    if locked:
        raise LockedOut(
            "Too many wrong passwords", place="password",
            remedy=f"Wait {values['signin.window_minutes']} minutes, or ask a system administrator",
        )  # fmt: skip
    if user is None:
        raise WrongPassword(
            "Staff number or password is wrong", place="password", remedy="Check both and try again"
        )
    return user


def change_language(user: User, language: str) -> User:
    """Remember the language a person reads."""
    user.language = language
    user.save(update_fields=["language"])
    return user
