"""What can be done to orgs, people and sign-ins; the only writers of this context."""

from yinke.access.services.audit import audit, audit_job, audit_refusal
from yinke.access.services.audit_chain import keep_head
from yinke.access.services.orgs import sync_orgs
from yinke.access.services.passwords import make_demo_logins, set_password
from yinke.access.services.sign_in import WrongPassword, change_language, check_password
from yinke.access.services.staff import sync_staff

__all__ = [
    "WrongPassword",
    "audit",
    "audit_job",
    "audit_refusal",
    "change_language",
    "check_password",
    "keep_head",
    "make_demo_logins",
    "set_password",
    "sync_orgs",
    "sync_staff",
]
