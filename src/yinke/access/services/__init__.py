"""What can be done to orgs, people and sign-ins; the only writers of this context."""

from yinke.access.services.audit import audit, audit_refusal
from yinke.access.services.audit_chain import keep_head
from yinke.access.services.orgs import sync_orgs
from yinke.access.services.passwords import (
    change_own_password,
    keeps_password_here,
    make_demo_logins,
    set_password,
)
from yinke.access.services.sign_in import (
    LockedOut,
    WrongPassword,
    change_language,
    check_own_password,
    check_password,
    way_of,
)
from yinke.access.services.staff import sync_staff

__all__ = [
    "LockedOut",
    "WrongPassword",
    "audit",
    "audit_refusal",
    "change_language",
    "change_own_password",
    "check_own_password",
    "check_password",
    "keep_head",
    "keeps_password_here",
    "make_demo_logins",
    "set_password",
    "sync_orgs",
    "sync_staff",
    "way_of",
]
