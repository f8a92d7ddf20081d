"""会话: how a session begins, what keeps it alive, and the ways in which it ends.

GB/T 22239-2019 8.1.4.1: idle sessions end by themselves; one person has one session at a time; a session that has
ended is worth nothing, whoever holds its cookie.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.contrib.auth import login, logout
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from yinke.access.models import AuditEntry, StaffSession, User
from yinke.access.services.limits import idle_time, limits
from yinke.common.errors import NotFound, YinkeError

KEY = "yinke.session"
"""Where Django's session keeps the number of ours."""
PRECISION = timedelta(seconds=10)
"""Activity is noted no finer than this, so that a page's many requests are one write."""
SWEEP = 100

SIGN_OUT, IDLE, EXPIRED, ELSEWHERE, OWNER, LEFT, PASSWORD, ADMIN = (
    "sign_out", "idle", "expired", "elsewhere", "owner", "left", "password_changed",
    "admin",
)  # fmt: skip
"""Why a session ended."""


class NotSignedIn(YinkeError):
    """No session, or it has ended."""

    code = "not_signed_in"
    status = 401


_ENDED = {
    IDLE: partial(
        NotSignedIn, "Nobody worked in this session for too long", remedy="Sign in again", code="session_idle"
    ),
    EXPIRED: partial(
        NotSignedIn, "The session has reached its longest time", remedy="Sign in again", code="session_expired"
    ),
    ELSEWHERE: partial(
        NotSignedIn, "You signed in from another browser", remedy="Sign in here again if that was you",
        code="signed_in_elsewhere",
    ),
    OWNER: partial(
        NotSignedIn, "This session was ended from another device", remedy="Sign in again", code="session_ended"
    ),
    ADMIN: partial(
        NotSignedIn, "An administrator has ended this session", remedy="Sign in again", code="session_ended"
    ),
    PASSWORD: partial(
        NotSignedIn, "The password was changed", remedy="Sign in with the new one", code="session_ended"
    ),
}  # fmt: skip
_NOBODY = partial(NotSignedIn, "You are not signed in", remedy="Sign in and try again")


@dataclass(frozen=True)
class Left:
    """Seconds until a session ends: without input, and at the latest."""

    idle: int
    longest: int


def agent_of(request: HttpRequest) -> str:
    """What the browser calls itself; control characters removed, shortened."""
    text = request.headers.get("User-Agent", "")
    return "".join(c for c in text if c.isprintable())[:300]


def client_address(request: HttpRequest) -> str:
    """The caller's network address; behind a proxy that the bank runs, what the proxy saw."""
    forwarded = request.headers.get("X-Forwarded-For", "") if request.is_secure() else ""
    return forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104


def enter(
    request: HttpRequest, user: User, *, way: str, second_factor: str = "", must: str = ""
) -> StaffSession:
    """Sign a person in: a new session, an audit entry, and the end of sessions beyond the number allowed.

    The one way in for every kind of sign-in; all checks of who it is come before.

    Args:
        way: ``password``, ``directory`` or the identity provider's id.
        second_factor: the second factor that was shown: ``totp``, ``webauthn``, ``recovery_codes`` or empty.
        must: what has to be done before anything else (``password``, ``second_factor``) or empty.
    """
    with transaction.atomic():  # nobody is in without an entry that says so
        _account(user.id, user.emp_no, "session.start", " ".join(filter(None, (way, second_factor))), request)
        login(request, user, backend="yinke.access.backends.StaffBackend")
        session = StaffSession.objects.get(id=request.session[KEY])
        session.way, session.second_factor, session.must = way, second_factor, must
        session.save(update_fields=["way", "second_factor", "must"])
    return session


def begin(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    """Give every Django session a row of ours: called by Django at each login, whoever asked for it."""
    now = timezone.now()
    with connection.cursor() as cursor:  # two sign-ins at once must not both count themselves the only one
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"session {user.id}"])
    _sweep(now)
    _forget(now)
    others = StaffSession.objects.filter(user=user, ended_at=None).order_by("-active_at", "-id")
    _end(others[int(limits()["session.concurrent"]) - 1 :], ELSEWHERE)
    row = StaffSession.objects.create(
        user=user, started_at=now, active_at=now, address=client_address(request), agent=agent_of(request)
    )
    request.session[KEY] = row.id


def current(request: HttpRequest, user: User) -> StaffSession:
    """The session of a request, with this request's activity noted.

    Header ``X-Idle`` tells how many seconds ago the person last touched the page: a page that asks by itself does
    not keep a session alive. A request without it counts as activity now; the header can only shorten.

    Raises:
        NotSignedIn: the session has ended, and why.
    """
    session = StaffSession.objects.filter(id=request.session.get(KEY) or 0, user=user).first()
    if session is None:
        raise _NOBODY()
    now = timezone.now()
    if session.ended_at is None and (why := _timed_out(session, user.role, now)):
        _end([session], why)
    if session.ended_at is not None:
        raise _ENDED.get(session.why_ended, _NOBODY)()
    active = now - _idle(request)
    if active - session.active_at > PRECISION:
        session.active_at = active
        # another request of the same page may be noting the same: whoever comes second need not wait
        free = StaffSession.objects.select_for_update(skip_locked=True).filter(id=session.id, ended_at=None)
        with transaction.atomic():
            StaffSession.objects.filter(id__in=list(free.values_list("id", flat=True))).update(
                active_at=active
            )
    return session


def _idle(request: HttpRequest) -> timedelta:
    told = request.headers.get("X-Idle", "")
    return timedelta(seconds=min(int(told[:9]), 10**6) if told.isascii() and told.isdigit() else 0)


def _timed_out(session: StaffSession, role: str, now: datetime) -> str:
    if now - session.started_at >= timedelta(hours=float(limits()["session.hours"])):
        return EXPIRED
    return IDLE if now - session.active_at >= idle_time(role) else ""


def left(session: StaffSession, role: str) -> Left:
    """How long a session still has."""
    now = timezone.now()
    longest = session.started_at + timedelta(hours=float(limits()["session.hours"])) - now
    idle = session.active_at + idle_time(role) - now
    return Left(max(0, int(idle.total_seconds())), max(0, int(longest.total_seconds())))


def sign_out(request: HttpRequest, session: StaffSession) -> None:
    """End the session of this browser; its cookie is worth nothing afterwards."""
    _end([session], SIGN_OUT, request)
    logout(request)


def end_one(user_id: int, number: int, request: HttpRequest) -> None:
    """End another of a person's own sessions.

    Raises:
        NotFound: it is nobody's, another person's, or has ended.
    """
    session = StaffSession.objects.filter(id=number, user_id=user_id, ended_at=None).first()
    if session is None:
        raise NotFound("This session has ended", remedy="Reload the list")
    _end([session], OWNER, request)


def end_all(user_ids: list[int], why: str, *, but: int = 0) -> int:
    """End every session of these people, e.g. of those who have left; ``but`` is spared.

    Returns:
        How many ended.
    """
    return _end(StaffSession.objects.filter(user_id__in=user_ids, ended_at=None).exclude(id=but), why)


def _sweep(now: datetime) -> None:
    """Close sessions that timed out without a further request, so that the trail tells of their end."""
    with transaction.atomic():
        open_ones = StaffSession.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            ended_at=None
        )
        shortest = min(idle_time("SYS_ADMIN"), idle_time(""))
        old = list(
            open_ones.filter(active_at__lte=now - shortest)
            .select_related("user")
            .order_by("active_at")[:SWEEP]
        )
        for session in old:
            if why := _timed_out(session, session.user.role, now):
                _end([session], why)


def _forget(now: datetime) -> None:
    """Remove what is left of sessions long over (剩余信息保护); what they did stands in the audit trail."""
    kept = now - timedelta(days=int(limits()["session.kept_days"]))
    with transaction.atomic():
        over = StaffSession.objects.select_for_update(skip_locked=True).filter(ended_at__lt=kept)
        StaffSession.objects.filter(id__in=list(over.values_list("id", flat=True)[:SWEEP])).delete()
        cookies = Session.objects.select_for_update(skip_locked=True).filter(expire_date__lt=now)
        Session.objects.filter(pk__in=list(cookies.values_list("pk", flat=True)[:SWEEP])).delete()


def _end(
    sessions: QuerySet[StaffSession] | list[StaffSession], why: str, request: HttpRequest | None = None
) -> int:
    """Mark sessions as ended and account for each; one that another request has just ended is left as it is."""
    ended = 0
    for session in sessions:
        session.ended_at, session.why_ended = timezone.now(), why
        with transaction.atomic():
            mine = StaffSession.objects.filter(id=session.id, ended_at=None)
            if mine.update(ended_at=session.ended_at, why_ended=why):
                ended += 1
                _account(session.user_id, session.user.emp_no, "session.end", why, request)
    return ended


def _account(user_id: int, emp_no: str, action: str, reason: str, request: HttpRequest | None) -> None:
    AuditEntry.objects.create(
        user_id=user_id, action=action, object_type="user", object_id=emp_no, reason=reason[:200],
        address=client_address(request) if request else None,
    )  # fmt: skip
