"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

POLICIES: dict[str, str] = {}
OPEN = {
    "access_org": "every member of staff knows the bank's orgs",
    "access_user": "sign-in looks people up before it knows the viewer; names of colleagues are shown to all",
    "access_signinfailure": "counted before anybody is signed in",
    "access_pastpassword": "hashes that a person's own change of password is compared with",
    "access_staffsession": "asked for by its number from the session's cookie, before the viewer is known",
    "access_rolegrant": "which role a member of staff was given; no row of a customer",
    "access_roleright": "what each role may do; no row of a customer",
    "access_rolerequest": "asked and decided by those with the right; no row of a customer",
    "access_substitution": "who stands in for whom; asked for before the viewer is known",
    "access_alert": "raised from the trail; the right alert.read opens them",
    "access_auditentry": "append-only; the right audit.read opens it, and each look is an entry",
}
APPEND_ONLY = ("access_auditentry",)
