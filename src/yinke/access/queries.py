"""What can be asked about people and orgs."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from yinke.access.models import AuditEntry, Org, StaffSession, User
from yinke.access.schemas import (
    AuditOut,
    AuditPage,
    FactorOut,
    Freshness,
    Me,
    OrgOut,
    Security,
    SessionLeft,
    SessionOut,
    SignInEvent,
    SignInWay,
)
from yinke.access.services import second_factor, sessions
from yinke.access.services.limits import idle_time, limits, needs_second_factor
from yinke.access.sign_in_settings import SignInSettings
from yinke.access.standing import rights_of, with_standing
from yinke.access.viewer import SUBTREE, Viewer
from yinke.common.errors import NotAllowed

AUDIT_ROWS = 50
HISTORY_ROWS = 30
BRANCH, SUB_BRANCH = 2, 4
"""Levels of the tree: 一级分行 and 支行."""
ACTIONS = (
    "session.start", "session.end", "session.refused", "customer.reveal", "nightly.release", "nightly.rerun",
    "audit.search", "history.search", "password.change", "password.give", "second_factor.add", "second_factor.remove",
    "second_factor.renew", "second_factor.forget",
    "relationship.begin", "relationship.end",
    "oneid.decide", "oneid.revoke", "oneid.split", "oneid.check", "oneid.lead",
    "role.request", "role.approve", "role.refuse", "cover.make", "cover.end", "staff.disable",
    "staff.enable", "handover.make", "handover.submit", "handover.accept", "handover.approve", "handover.reject",
    "handover.withdraw", "handover.effect", "pool.claim", "pool.assign", "pool.return", "pool.unserved", "pool.idle",
    "ownership.core",
    "consent.record", "policy.publish", "rights.open", "rights.read", "rights.verify",
    "rights.close", "rights.take", "keys.rotate", "keys.rewrap", "retention.run",
    "customer.search", "customer.lookup", "customer.bulk", "customer.bulk_undo", "tag.change",
    "field.define", "field.fill",
    "segment.sample", "segment.explain", "segment.save", "segment.change", "segment.approve", "segment.refuse",
    "segment.withdraw", "segment.refresh", "segment.upload", "segment.members",
    "segment.group",
    "standard.propose", "standard.approve", "standard.refuse", "standard.withdraw",
    "model.train", "model.approve", "model.release", "model.rollback", "model.set_aside", "model.blocked", "model.drift", "model.fell",
    "score.feedback",
    "experiment.plan", "experiment.approve", "experiment.refuse", "experiment.withdraw", "experiment.start",
    "experiment.stop", "experiment.end", "experiment.learn",
    "export.request", "export.approve", "export.refuse", "export.withdraw", "export.make", "export.download",
    "alert.acknowledge", "task.assign", "task.make", "task.take_back", "contact.withdraw",
    "template.submit", "template.approve", "template.refuse", "template.withdraw", "template.retire", "dnd.reply", "wecom.bring",
    "plan.propose", "plan.approve", "plan.refuse", "plan.withdraw", "plan.stop", "ready.take",
    "journey.save", "journey.submit", "journey.approve", "journey.refuse", "journey.withdraw", "journey.pause", "journey.resume",
    "journey.stop", "journey.enter",
    "campaign.save", "campaign.submit", "campaign.approve", "campaign.refuse", "campaign.withdraw", "campaign.start", "campaign.begin",
    "campaign.pause", "campaign.resume", "campaign.end",
    "salon.save", "salon.submit", "salon.approve", "salon.refuse", "salon.withdraw", "salon.cancel", "salon.spend", "salon.invite",
    "salon.answer", "salon.check_in", "salon.uncheck",
    "mission.save", "mission.submit", "mission.approve", "mission.refuse", "mission.withdraw", "mission.pause", "mission.resume", "mission.end",
    "reward.save", "reward.submit", "reward.approve", "reward.refuse", "reward.withdraw", "reward.pause", "reward.resume", "reward.end",
    "points.award", "points.redeem", "points.cancel", "points.reverse",
    "own_event.submit", "own_event.approve", "own_event.refuse", "own_event.withdraw", "own_event.stop",
)  # fmt: skip
"""What is accounted for."""


def subtree(org: Org) -> frozenset[int]:
    """Ids of an org and of all orgs below it, closed ones included."""
    return frozenset(Org.objects.filter(path__startswith=org.path).values_list("id", flat=True))


def org_scope(role: str, org: Org) -> frozenset[int] | None:
    """The orgs whose customers a role sees beside its own: None for the whole bank, empty for none."""
    if role not in SUBTREE:
        return frozenset()
    return None if org.parent_id is None else subtree(org)


def viewer_of(user: User) -> Viewer:
    """Who asks, with the orgs in scope, the rights of the role and whom they stand in for."""
    standing: Any = user
    if not hasattr(user, "stands_for"):  # not from the session: see backends.py
        standing = with_standing(user.pk)
    return Viewer(
        user_id=user.id, role=user.role, org_id=user.org_id, org_path=user.org.path,
        org_ids=org_scope(user.role, user.org), language=user.language,
        rights=rights_of(user.role, standing.changes),
        acts_for=frozenset(standing.stands_for),
    )  # fmt: skip


def unit_of(org: Org) -> Org:
    """The sub-branch (level 4) that an org is or belongs to; for an org above that level, itself."""
    return _at_level(org, SUB_BRANCH)


def branch_of(org: Org) -> Org:
    """一级分行 (level 2) that an org is or belongs to; for the head office, itself."""
    return _at_level(org, BRANCH)


def _at_level(org: Org, level: int) -> Org:
    if org.level <= level:
        return org
    parts = [int(part) for part in org.path.strip("/").split("/")]
    above = Org.objects.filter(id__in=parts, level__lte=level).order_by("-level", "-id").first()
    return above or org


def me(user: User, session: StaffSession, freshness: Freshness) -> Me:
    """The signed-in person as the shell shows them."""
    left = sessions.left(session, user.role)
    return Me(
        session=SessionLeft(
            idle=left.idle, longest=left.longest, idle_time=int(idle_time(user.role).total_seconds()),
            warning=int(limits()["session.warning_seconds"]),
        ),
        must=session.must,  # type: ignore[arg-type]
        id=user.id, emp_no=user.emp_no, name=user.name, role=user.role,
        org=OrgOut(id=user.org.id, org_no=user.org.org_no, name=user.org.name, level=user.org.level),
        rights=sorted(viewer_of(user).rights or ()), language=user.language, freshness=freshness,
    )  # fmt: skip


def security(user: User, session: StaffSession) -> Security:
    """账号安全: a person's own password rules, second factors, open sessions and what happened at the door."""
    values = limits()
    age = int(values["password.max_age_days"])
    open_ones = StaffSession.objects.filter(user=user, ended_at=None).order_by("-active_at", "-id")
    own = session.way == "password"
    return Security(
        own_password=own, password_set_at=user.password_set_at,
        password_until=user.password_set_at + timedelta(days=age) if age and user.password_set_at else None,
        min_length=int(values["password.min_length"]), classes=int(values["password.classes"]),
        remembered=int(values["password.remembered"]), second_factor_needed=needs_second_factor(user.role),
        confirm=timezone.now() - session.started_at >= second_factor.FRESH,
        factors=[_factor(factor) for factor in second_factor.factors_of(user.id)],
        sessions=[_session(row, row.id == session.id) for row in open_ones],
        history=[
            SignInEvent(id=row.id, at=row.at, action=row.action, reason=row.reason, address=row.address)
            for row in AuditEntry.objects.filter(
                object_type="user", object_id=user.emp_no,
                action__regex=r"^(session|password|second_factor)\.",
            ).order_by("-id")[:HISTORY_ROWS]
        ],
    )  # fmt: skip


def sign_in_ways() -> list[SignInWay]:
    """The bank's identity providers in the order of its file."""
    ways: SignInSettings = settings.YINKE_SIGN_IN
    return [
        SignInWay(address=f"/sso/{each.id}/{path}", zh=each.name_zh, en=each.name_en)
        for path, providers in (("login/", ways.oidc), ("saml/login/", ways.saml))
        for each in providers
    ]


def _factor(factor: Authenticator) -> FactorOut:
    codes = factor.type == Authenticator.Type.RECOVERY_CODES
    return FactorOut(
        id=factor.id, kind=factor.type, name=factor.data.get("name", ""), added_at=factor.created_at,
        used_at=factor.last_used_at, codes_left=len(factor.wrap().get_unused_codes()) if codes else None,
    )  # fmt: skip


def _session(row: StaffSession, here: bool) -> SessionOut:
    browser, system = browser_of(row.agent)
    return SessionOut(
        id=row.id, started_at=row.started_at, active_at=row.active_at, address=row.address, browser=browser,
        system=system, way=row.way, here=here,
    )  # fmt: skip


BROWSERS = (
    ("WeCom", r"wxwork/([\d]+)"), ("WeChat", r"MicroMessenger/(\d+)"), ("Edge", r"Edg(?:e|A|iOS)?/(\d+)"),
    ("360", r"QIHU|360SE|360EE"), ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"), ("Chrome", r"(?:Chrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+).*Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS|OpenHarmony"), ("Android", "Android"), ("iOS", "iPhone|iPad"), ("Windows", "Windows"),
    ("macOS", "Macintosh"), ("Linux", "Linux|X11"),
)  # fmt: skip


def browser_of(agent: str) -> tuple[str, str]:
    """Browser and system as far as its own name for itself tells; empty if unknown.

    >>> browser_of("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36")
    ('Chrome 141', 'Windows')
    """
    browser = ""
    for name, pattern in BROWSERS:
        if found := re.search(pattern, agent):
            browser = " ".join([name, *found.groups()])
            break
    return browser, next((name for name, pattern in SYSTEMS if re.search(pattern, agent)), "")


@dataclass(frozen=True)
class AuditWanted:
    """What an auditor looks for; empty fields do not narrow. Days are Asia/Shanghai, both included."""

    since: date | None = None
    until: date | None = None
    who: str = ""
    """A staff number, or a part of a name."""
    action: str = ""
    object_id: str = ""
    """Its beginning: ``123`` finds customer 123's fields."""
    address: str = ""

    def __str__(self) -> str:
        """The search in words, as it is accounted for."""
        return " ".join(f"{name}={value}" for name, value in asdict(self).items() if value)


def audit_trail(viewer: Viewer, wanted: AuditWanted, before: int | None = None) -> AuditPage:
    """Entries of people in the viewer's orgs, newest first; refused sign-ins only for the whole bank's auditors.

    Args:
        before: goes on below this entry.

    Raises:
        NotAllowed: the viewer's role has no right to the trail.
    """
    if not viewer.may("audit.read"):
        raise NotAllowed("The audit trail is for auditors", remedy="Ask a security administrator")
    found = _narrowed(AuditEntry.objects.select_related("user__org").order_by("-id"), wanted)
    if viewer.org_path.count("/") > 2:  # below the head office; security administrators have no orgs in scope
        found = found.filter(user__org__path__startswith=viewer.org_path)
    if before is not None:
        found = found.filter(id__lt=before)
    rows = list(found[: AUDIT_ROWS + 1])
    more = len(rows) > AUDIT_ROWS
    return AuditPage(
        rows=[_entry(row) for row in rows[:AUDIT_ROWS]],
        before=rows[AUDIT_ROWS - 1].id if more else None,
        actions=list(ACTIONS),
    )


def _narrowed(entries: QuerySet[AuditEntry], wanted: AuditWanted) -> QuerySet[AuditEntry]:
    if wanted.since:
        entries = entries.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        entries = entries.filter(at__lt=_midnight(wanted.until + timedelta(days=1)))
    if wanted.who:
        entries = entries.filter(Q(user__emp_no=wanted.who) | Q(user__name__contains=wanted.who))
    if wanted.action:
        entries = entries.filter(action=wanted.action)
    if wanted.object_id:
        entries = entries.filter(
            Q(object_id=wanted.object_id) | Q(object_id__startswith=f"{wanted.object_id}.")
        )
    return entries.filter(address=wanted.address) if wanted.address else entries


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _entry(row: AuditEntry) -> AuditOut:
    user = row.user
    return AuditOut(
        id=row.id, at=row.at, user=user.name if user else "", emp_no=user.emp_no if user else "",
        org=user.org.name if user else "", action=row.action, object_type=row.object_type, object_id=row.object_id,
        reason=row.reason, address=row.address,
    )  # fmt: skip
