"""What can be done to orgs, people and sign-ins; the only writers of this context."""

from yinke.access.services.audit import audit, audit_job, audit_refusal
from yinke.access.services.audit_chain import keep_head
from yinke.access.services.orgs import sync_orgs
from yinke.access.services.passwords import (
    change_own_password,
    keeps_password_here,
    make_demo_logins,
    set_password,
)
from yinke.access.services.roles import ask, decide
from yinke.access.services.sign_in import (
    LockedOut,
    WrongPassword,
    change_language,
    check_own_password,
    check_password,
    way_of,
)
from yinke.access.services.staff import sync_staff
from yinke.access.services.substitution import end_substitution, name_substitute

__all__ = [
    "LockedOut",
    "WrongPassword",
    "ask",
    "audit",
    "audit_job",
    "audit_refusal",
    "change_language",
    "change_own_password",
    "check_own_password",
    "check_password",
    "decide",
    "end_substitution",
    "keep_head",
    "keeps_password_here",
    "make_demo_logins",
    "name_substitute",
    "set_password",
    "sync_orgs",
    "sync_staff",
    "way_of",
]
