"""第二重验证: an authenticator app (TOTP, RFC 6238), passkeys (WebAuthn) and recovery codes, kept by ``allauth.mfa``.

The password alone opens nothing for whoever has a second factor: the sign-in waits in Django's session (of nobody)
until the second step is done. GB/T 22239-2019 8.1.4.1 d: two kinds of proof, one of them cryptographic.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from yinke.access.models import AuditEntry, SignInFailure, StaffSession, User
from yinke.access.services import sessions, sign_in
from yinke.access.services.audit import audit_refusal
from yinke.access.services.limits import limits, needs_second_factor
from yinke.access.services.sessions import NotSignedIn, client_address
from yinke.common.errors import NotAllowed, NotFound, YinkeError

WAITING = "yinke.second_step"
SECRET = "yinke.totp"  # noqa: S105 the place of one, not one
RECOVERY = Authenticator.Type.RECOVERY_CODES
FRESH = timedelta(minutes=10)
"""So long after sign-in a person need not prove again who they are before they change a second factor."""


class WrongCode(YinkeError):
    """The code is wrong, too old, or was used before."""

    code = "wrong_code"


class WrongPasskey(YinkeError):
    """The device's answer does not fit."""

    code = "wrong_passkey"


class SignInAgain(NotSignedIn):
    """The second step came too late or without the first."""

    code = "sign_in_again"


class ConfirmPassword(NotAllowed):
    """Changing a second factor needs the password, or a sign-in of the last minutes."""

    code = "confirm_password"


class LastSecondFactor(NotAllowed):
    """The role must have a second factor, and this is the only one."""

    code = "last_second_factor"


@dataclass(frozen=True)
class Waiting:
    """A sign-in whose first step is done."""

    user: User
    way: str


def factors_of(user_id: int) -> list[Authenticator]:
    """A person's second factors in the order in which they were added, recovery codes too."""
    return list(Authenticator.objects.filter(user_id=user_id).order_by("id"))


def kinds_of(user_id: int) -> list[str]:
    """Kinds of second factors that a person may show: ``totp``, ``webauthn``, ``recovery_codes``.

    Recovery codes alone are none.
    """
    kinds = sorted({factor.type for factor in factors_of(user_id)})
    return kinds if kinds != [RECOVERY] else []


# --- the second step of a sign-in


def wait(request: HttpRequest, user: User, way: str) -> None:
    """The first step is done: keep who it was until the second."""
    request.session.flush()  # a planted session is worth nothing
    request.session[WAITING] = {"user": user.id, "way": way, "at": time.time()}


def waiting(request: HttpRequest) -> Waiting:
    """Whose second step is awaited.

    Raises:
        SignInAgain: nobody's, or it took too long, or the person has left meanwhile.
        LockedOut: too many wrong codes for this person.
    """
    kept = request.session.get(WAITING)
    user = None
    if kept is not None and time.time() - kept["at"] < 60 * int(limits()["signin.second_step_minutes"]):
        user = User.objects.select_related("org").filter(id=kept["user"], is_active=True).first()
    if user is None:
        raise SignInAgain("The second step came too late", remedy="Start again with the password")
    if sign_in.second_step_locked(user.emp_no):
        raise sign_in.too_many()
    return Waiting(user, (kept or {})["way"])


def show_code(request: HttpRequest, code: str) -> StaffSession:
    """Second step by a code of the authenticator app, or a recovery code.

    Raises:
        WrongCode: wrong, too old, or used before; counted like a wrong password.
        SignInAgain, LockedOut: see ``waiting``.
    """
    with transaction.atomic():
        sign_in.lock_of(waiting(request).user.emp_no)
        step = waiting(request)  # counted anew, now that nobody else is counting
        kind = _matching(step.user, code)
        if not kind:
            _refused(step.user, client_address(request), WrongCode.code)
    if not kind:
        raise WrongCode("The code is wrong", place="code", remedy="Type the code that the app shows now")
    return _complete(request, step, kind)


def ask_passkey(request: HttpRequest) -> dict[str, Any]:
    """What the browser has to ask the person's passkey."""
    return dict(webauthn.begin_authentication(waiting(request).user))


def show_passkey(request: HttpRequest, credential: dict[str, Any]) -> StaffSession:
    """Second step by a passkey.

    Raises:
        WrongPasskey: the answer does not fit; counted like a wrong password.
        SignInAgain, LockedOut: see ``waiting``.
    """
    step = waiting(request)
    try:
        used = webauthn.complete_authentication(step.user, credential)
    except (ValidationError, ValueError, TypeError, KeyError):
        _refused(step.user, client_address(request), WrongPasskey.code)
        raise WrongPasskey("The passkey's answer does not fit", remedy="Try again") from None
    used.record_usage()
    return _complete(request, step, "webauthn")


def _refused(user: User, address: str, why: str) -> None:
    SignInFailure.objects.create(emp_no=user.emp_no, address=address, at=timezone.now(), second_step=True)
    audit_refusal(user.emp_no, why, address)


def _complete(request: HttpRequest, step: Waiting, kind: str) -> StaffSession:
    del request.session[WAITING]
    request.session.pop(webauthn.STATE_SESSION_KEY, None)
    return complete(request, step.user, way=step.way, second_factor=kind)


def complete(request: HttpRequest, user: User, *, way: str, second_factor: str = "") -> StaffSession:
    """All proofs are there: forget the failures before, and begin the session."""
    sign_in.forget_failures(user.emp_no, client_address(request))
    must = sign_in.must_first(user, has_second_factor=bool(second_factor), own_password=way == "password")
    return sessions.enter(request, user, way=way, second_factor=second_factor, must=must)


def next_step(session: StaffSession, user: User) -> None:
    """What had to be done is done: the session opens, or asks for the next thing."""
    has = bool(session.second_factor or kinds_of(user.id))
    session.must = sign_in.must_first(user, has_second_factor=has, own_password=session.way == "password")
    session.save(update_fields=["must"])


def _matching(user: User, code: str) -> str:
    """Which of a person's codes this is; using it uses it up."""
    code = "".join(code.split())[:20]
    for factor in Authenticator.objects.select_for_update().filter(user=user).exclude(type="webauthn"):
        fits = _use_totp(factor, code) if factor.type == "totp" else RecoveryCodes(factor).validate_code(code)
        if fits:
            Authenticator.objects.filter(id=factor.id).update(last_used_at=timezone.now())
            return str(factor.type)
    return ""


def _counter_of(secret: str, code: str) -> int | None:
    """The time step of which this is the code, if it is near enough; None if it is of none."""
    now = int(time.time()) // app_settings.TOTP_PERIOD
    near = range(now - app_settings.TOTP_TOLERANCE, now + app_settings.TOTP_TOLERANCE + 1)
    fitting = (
        n for n in near if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, n)))
    )
    return next(fitting, None)


def _use_totp(factor: Authenticator, code: str) -> bool:
    """Whether a code fits. It is kept in the database which step was used last (RFC 6238 5.2): every process knows."""
    counter = _counter_of(get_adapter().decrypt(factor.data["secret"]), code)
    if counter is None or counter <= factor.data.get("used", 0):
        return False
    factor.data["used"] = counter
    factor.save(update_fields=["data"])
    return True


# --- setting up and taking away


def confirm(session: StaffSession, user: User, password: str, address: str) -> None:
    """Whether whoever sits there may change a second factor: a fresh sign-in, or the password again.

    Raises:
        ConfirmPassword: the sign-in is too old, and no password was given.
        WrongOldPassword, LockedOut: see ``sign_in.check_own_password``.
    """
    if timezone.now() - session.started_at < FRESH:
        return
    if not password:
        raise ConfirmPassword("Say your password again", place="password", remedy="Or sign in anew")
    sign_in.check_own_password(user, password, address)


def begin_totp(request: HttpRequest, user: User) -> tuple[str, str]:
    """A new secret for an authenticator app: (secret, address for the QR code). Nothing is set up yet."""
    secret = generate_totp_secret()
    request.session[SECRET] = get_adapter().encrypt(secret)
    return secret, get_adapter().build_totp_url(user, secret)


def add_totp(request: HttpRequest, user: User, session: StaffSession, code: str) -> list[str]:
    """Set up the app whose secret was shown, replacing an earlier one.

    Returns:
        Recovery codes, if these are the first; they are shown this once.

    Raises:
        WrongCode: the app shows another code (or nothing was begun).
    """
    sealed = request.session.get(SECRET)
    counter = _counter_of(get_adapter().decrypt(sealed), "".join(code.split())) if sealed else None
    if sealed is None or counter is None:
        raise WrongCode("The code is wrong", place="code", remedy="Type the code that the app shows now")
    with transaction.atomic():
        Authenticator.objects.filter(user=user, type="totp").delete()
        Authenticator.objects.create(user=user, type="totp", data={"secret": sealed, "used": counter})
        codes = _added(request, user, session, "totp")
    del request.session[SECRET]
    return codes


def begin_passkey(user: User) -> dict[str, Any]:
    """What the browser has to ask a device that is to become a passkey."""
    return dict(webauthn.begin_registration(user, False))


def add_passkey(
    request: HttpRequest, user: User, session: StaffSession, name: str, credential: dict[str, Any]
) -> list[str]:
    """Keep a new passkey.

    Returns:
        Recovery codes, if these are the first; they are shown this once.

    Raises:
        WrongPasskey: the device's answer does not fit.
    """
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError):
        raise WrongPasskey("The device's answer does not fit", remedy="Try again") from None
    with transaction.atomic():
        webauthn.WebAuthn.add(user, name, credential)
        return _added(request, user, session, "webauthn")


def _added(request: HttpRequest, user: User, session: StaffSession, kind: str) -> list[str]:
    _account(user, "second_factor.add", kind, request)
    session.second_factor = kind
    session.save(update_fields=["second_factor"])
    next_step(session, user)
    if Authenticator.objects.filter(user=user, type=RECOVERY).exists():
        return []
    return _codes(RecoveryCodes.activate(user))


def renew_recovery_codes(request: HttpRequest, user: User) -> list[str]:
    """New recovery codes; the old ones are worth nothing.

    Raises:
        NotFound: there is no second factor that they could stand in for.
    """
    if not kinds_of(user.id):
        raise NotFound("There is no second factor yet", remedy="Set one up first")
    with transaction.atomic():
        Authenticator.objects.filter(user=user, type=RECOVERY).delete()
        _account(user, "second_factor.renew", str(RECOVERY), request)
        return _codes(RecoveryCodes.activate(user))


def _codes(kept: RecoveryCodes) -> list[str]:
    return [f"{code[:4]} {code[4:]}" for code in kept.get_unused_codes()]


def remove(request: HttpRequest, user: User, number: int) -> None:
    """Take a second factor away; with the last one go the recovery codes.

    Raises:
        NotFound: the person has no such factor.
        LastSecondFactor: the role must have one.
    """
    with transaction.atomic():
        own = list(Authenticator.objects.select_for_update().filter(user=user).exclude(type=RECOVERY))
        factor = next((each for each in own if each.id == number), None)
        if factor is None:
            raise NotFound("There is no such second factor", remedy="Reload the page")
        if len(own) == 1 and needs_second_factor(user.role):
            raise LastSecondFactor("Your role must have a second factor", remedy="Set up another one first")
        _account(user, "second_factor.remove", factor.type, request)
        factor.delete()
        if len(own) == 1:
            Authenticator.objects.filter(user=user, type=RECOVERY).delete()


def forget(emp_no: str) -> int:
    """Take all second factors of a person away who has lost them; their sessions end. For the command line.

    Returns:
        How many there were.

    Raises:
        NotFound: there is no such member of staff.
    """
    user = User.objects.filter(emp_no=emp_no).first()
    if user is None:
        raise NotFound(f"No member of staff {emp_no}", remedy="Check the staff number")
    with transaction.atomic():
        AuditEntry.objects.create(action="second_factor.forget", object_type="user", object_id=user.emp_no)
        sessions.end_all([user.id], sessions.ADMIN)
        return int(Authenticator.objects.filter(user=user).delete()[0])


def _account(user: User, action: str, kind: str, request: HttpRequest) -> None:
    AuditEntry.objects.create(
        user=user, action=action, object_type="user", object_id=user.emp_no, reason=kind,
        address=client_address(request),
    )  # fmt: skip
