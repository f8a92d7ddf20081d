"""What can be asked about consents, texts and the catalogue. Every question takes the viewer."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone

from yinke.access.viewer import Viewer
from yinke.common.catalogue import Entry, catalogue
from yinke.common.errors import NotAllowed
from yinke.common.thresholds import load_thresholds
from yinke.customers.queries import one
from yinke.privacy.consents import standings
from yinke.privacy.models import Consent, Policy, Restriction
from yinke.privacy.schemas import (
    ConsentOut,
    ConsentsOut,
    EntryOut,
    FieldOut,
    PolicyOut,
    StandingOut,
)

HISTORY = 100


def policies(viewer: Viewer) -> list[PolicyOut]:
    """Every text, by purpose, newest first."""
    rows = Policy.objects.select_related("published_by").order_by("purpose", "-version")
    return [policy_out(viewer, row) for row in rows]


def policy_out(viewer: Viewer, row: Policy) -> PolicyOut:
    """One text in the viewer's language."""
    return PolicyOut(
        id=row.id, purpose=row.purpose, version=row.version, text_zh=row.text_zh, text_en=row.text_en,
        text=row.text_en if viewer.language == "en" else row.text_zh, text_hash=row.text_hash,
        changes_purpose=row.changes_purpose, published_at=row.published_at,
        published_by=row.published_by.name if row.published_by else "",
    )  # fmt: skip


def consents(viewer: Viewer, customer_id: int) -> ConsentsOut:
    """授权与偏好 of a customer in the viewer's scope.

    Raises:
        NotAllowed: the role may not.
        NotFound: the customer is not in scope.
    """
    if not viewer.may("consent.read"):
        raise NotAllowed("Your role sees no consents", remedy="Ask the customer's manager")
    one(viewer, customer_id)
    newest: dict[str, Policy] = {}
    for policy in Policy.objects.select_related("published_by").order_by("version"):
        newest[policy.purpose] = policy
    history = Consent.objects.filter(customer_id=customer_id).select_related("policy", "by").order_by("-id")
    return ConsentsOut(
        standings=[
            StandingOut(
                purpose=s.purpose, state=s.state, since=s.entry.at if s.entry else None,
                policy=policy_out(viewer, newest[s.purpose]),
            )
            for s in standings(customer_id) if s.purpose in newest
        ],
        history=[consent_out(row) for row in history[:HISTORY]],
        restricted=Restriction.objects.filter(customer_id=customer_id).exists(),
        may_record=viewer.may("consent.record"),
    )  # fmt: skip


def consent_out(row: Consent) -> ConsentOut:
    """One entry of the ledger."""
    return ConsentOut(
        id=row.id, purpose=row.purpose, answer=row.answer, version=row.policy.version, channel=row.channel,
        evidence=row.evidence, at=row.at, by=row.by.name if row.by else "",
    )  # fmt: skip


def data_catalogue(viewer: Viewer) -> list[EntryOut]:
    """数据目录: every stored table with its fields.

    Raises:
        NotAllowed: the role may not.
    """
    if not viewer.may("catalogue.read"):
        raise NotAllowed(
            "The catalogue is for compliance and auditors", remedy="Ask a security administrator"
        )
    return list(_entries(catalogue().values()))


def _entries(entries: Iterable[Entry]) -> Iterable[EntryOut]:
    book = load_thresholds(settings.YINKE.thresholds)
    days, today = book.at(timezone.localdate()), timezone.localdate()
    sources = {row.code: row.source for row in book.rows if row.valid_from <= today}
    for entry in entries:
        rule = f"retention.{entry.kept}" if entry.kept else ""
        levels = [f.level for f in entry.fields.values()]
        yield EntryOut(
            table=entry.table, place="LAKE" if entry.table.startswith("lake.") else "POSTGRESQL", zh=entry.zh,
            en=entry.en, why_zh=entry.why_zh, why_en=entry.why_en, basis=entry.basis, level=max(levels),
            kept_days=int(days[rule]) if rule else None, kept_source=sources.get(rule, ""), at_least=entry.after == "keep", erase=entry.erase,
            about_customers=bool(entry.person),
            fields=[FieldOut(name=f.name, zh=f.zh, en=f.en, level=f.level, store=f.store)
                    for f in entry.fields.values()],
        )  # fmt: skip
