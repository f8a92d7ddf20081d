"""授权文本: publish the texts that customers consent to."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, YinkeError
from yinke.common.yaml_files import read_yaml
from yinke.privacy.models import Policy, Purpose

SHORTEST = 10


def text_hash(text_zh: str, text_en: str) -> str:
    """SHA-256 of both languages: what a consent proves that was shown."""
    return hashlib.sha256(f"{text_zh}\x1f{text_en}".encode()).hexdigest()


def seed_policies() -> None:
    """Put the texts that come with Yinke where there are none yet."""
    known = set(Policy.objects.values_list("purpose", flat=True))
    texts = read_yaml(Path(__file__).parents[1] / "policies.yaml")
    Policy.objects.bulk_create(
        Policy(
            purpose=purpose, version=1, text_zh=texts[purpose]["zh"], text_en=texts[purpose]["en"],
            text_hash=text_hash(texts[purpose]["zh"], texts[purpose]["en"]), changes_purpose=False,
            published_at=timezone.now(),
        )
        for purpose in Purpose.values if purpose not in known
    )  # fmt: skip


@transaction.atomic
def publish_policy(
    viewer: Viewer, purpose: str, text_zh: str, text_en: str, *, changes_purpose: bool
) -> Policy:
    """Publish the next version of a purpose's text; it holds from now on.

    Args:
        changes_purpose: the use is another than before: consents to earlier versions hold no longer, and
            customers must be asked anew (PIPL art. 14).

    Raises:
        NotAllowed: the role may not.
        YinkeError: no such purpose, or a text is missing.
    """
    if not viewer.may("policy.publish"):
        raise NotAllowed("Consent texts are published by compliance", remedy="Ask the compliance department")
    if purpose not in Purpose.values:
        raise YinkeError(
            "No such purpose", place="purpose", code="no_such_choice", remedy="Take a listed one"
        )
    if min(len(text_zh.strip()), len(text_en.strip())) < SHORTEST:
        raise YinkeError(
            "The text is missing in one language", place="text", code="text_missing",
            remedy="Write what the data is used for, in both languages",
        )  # fmt: skip
    with connection.cursor() as cursor:  # two at once get two numbers
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"policy {purpose}"])
    last = Policy.objects.filter(purpose=purpose).order_by("-version").first()
    policy = Policy.objects.create(
        purpose=purpose, version=last.version + 1 if last else 1, text_zh=text_zh.strip(), text_en=text_en.strip(),
        text_hash=text_hash(text_zh.strip(), text_en.strip()), changes_purpose=changes_purpose,
        published_at=timezone.now(), published_by_id=viewer.user_id,
    )  # fmt: skip
    audit(
        viewer, "policy.publish", "policy", f"{purpose}.{policy.version}",
        reason="purpose changed" if changes_purpose else "",
    )  # fmt: skip
    return policy
