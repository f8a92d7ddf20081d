"""账号安全: the second step of a sign-in, and what a person can do about their own password, factors and sessions."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest
from ninja import Router, Status

from yinke.access import queries, services
from yinke.access.auth import (
    Can,
    client_address,
    entering,
    refuse_foreign,
    session_from,
    signed_in,
    user_from,
)
from yinke.access.schemas import (
    Code,
    Credential,
    ErrorOut,
    NamedCredential,
    NewPassword,
    PasskeyOptions,
    Proof,
    RecoveryCodes,
    Security,
    TotpSecret,
)
from yinke.access.services import second_factor, sessions

router = Router(tags=["access"])
setting_up = Can(None, frozenset({"second_factor"}))
"""Open even while a second factor must be set up first: this is how."""

REFUSALS = {401: ErrorOut, 429: ErrorOut}


@router.post("/session/code", response={204: None, **REFUSALS}, auth=None)
def show_code(request: HttpRequest, body: Code) -> Status[None]:
    """Second step of a sign-in: the code of the authenticator app, or a recovery code."""
    refuse_foreign(request)
    second_factor.show_code(request, body.code)
    return Status(204, None)


@router.post("/session/passkey-options", response={200: PasskeyOptions, **REFUSALS}, auth=None)
def ask_passkey(request: HttpRequest) -> PasskeyOptions:
    """Second step of a sign-in: what the browser asks the passkey."""
    refuse_foreign(request)
    return PasskeyOptions(options=second_factor.ask_passkey(request))


@router.post("/session/passkey", response={204: None, **REFUSALS}, auth=None)
def show_passkey(request: HttpRequest, body: Credential) -> Status[None]:
    """Second step of a sign-in: the passkey's answer."""
    refuse_foreign(request)
    second_factor.show_passkey(request, body.credential)
    return Status(204, None)


@router.get("/me/security", response=Security, auth=entering)
def get_security(request: HttpRequest) -> Security:
    """A person's password rules, second factors, open sessions and newest sign-ins."""
    return queries.security(user_from(request), session_from(request))


@router.put("/me/password", response={204: None}, auth=entering)
def change_password(request: HttpRequest, body: NewPassword) -> Status[None]:
    """Take a new password; the old one is asked for. Every other session ends."""
    user, session = user_from(request), session_from(request)
    services.keeps_password_here(session)
    services.check_own_password(user, body.old_password, client_address(request))
    services.change_own_password(user, body.password, session.id, client_address(request))
    update_session_auth_hash(request, user)
    second_factor.next_step(session, user)
    return Status(204, None)


@router.delete("/me/sessions/{number}", response={204: None}, auth=signed_in)
def end_session(request: HttpRequest, number: int) -> Status[None]:
    """End another of one's own sessions."""
    sessions.end_one(user_from(request).id, number, request)
    return Status(204, None)


@router.post("/me/totp", response=TotpSecret, auth=setting_up)
def begin_totp(request: HttpRequest, body: Proof) -> TotpSecret:
    """Begin to set up an authenticator app: its secret, shown as a QR code."""
    _confirm(request, body.password)
    secret, address = second_factor.begin_totp(request, user_from(request))
    return TotpSecret(secret=secret, address=address)


@router.put("/me/totp", response=RecoveryCodes, auth=setting_up)
def add_totp(request: HttpRequest, body: Code) -> RecoveryCodes:
    """Set up the authenticator app, by a code that it shows."""
    codes = second_factor.add_totp(request, user_from(request), session_from(request), body.code)
    return RecoveryCodes(codes=codes)


@router.post("/me/passkey-options", response=PasskeyOptions, auth=setting_up)
def begin_passkey(request: HttpRequest, body: Proof) -> PasskeyOptions:
    """Begin to set up a passkey: what the browser asks the device."""
    _confirm(request, body.password)
    return PasskeyOptions(options=second_factor.begin_passkey(user_from(request)))


@router.post("/me/passkeys", response=RecoveryCodes, auth=setting_up)
def add_passkey(request: HttpRequest, body: NamedCredential) -> RecoveryCodes:
    """Keep a new passkey."""
    codes = second_factor.add_passkey(
        request, user_from(request), session_from(request), body.name, body.credential
    )
    return RecoveryCodes(codes=codes)


@router.post("/me/recovery-codes", response=RecoveryCodes, auth=signed_in)
def renew_recovery_codes(request: HttpRequest, body: Proof) -> RecoveryCodes:
    """New recovery codes in the place of the old ones."""
    _confirm(request, body.password)
    return RecoveryCodes(codes=second_factor.renew_recovery_codes(request, user_from(request)))


@router.post("/me/second-factors/{number}/removal", response={204: None}, auth=signed_in)
def remove_second_factor(request: HttpRequest, number: int, body: Proof) -> Status[None]:
    """Take a second factor away."""
    _confirm(request, body.password)
    second_factor.remove(request, user_from(request), number)
    return Status(204, None)


def _confirm(request: HttpRequest, password: str) -> None:
    second_factor.confirm(session_from(request), user_from(request), password, client_address(request))
