"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

NOBODY = "false"
"""Tables of allauth and pghistory of which nothing is used: the web process neither reads nor writes a row."""
POLICIES: dict[str, str] = {
    # asked for before the viewer is known, as the second step of a sign-in; afterwards everybody's own alone
    "mfa_authenticator": "yinke_user() IS NULL OR user_id = yinke_user()",
    "account_emailaddress": NOBODY,
    "account_emailconfirmation": NOBODY,
    "socialaccount_socialapp": NOBODY,
    "socialaccount_socialaccount": NOBODY,
    "socialaccount_socialtoken": NOBODY,
    "pghistory_context": NOBODY,
}
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
    "django_session": "asked for by the random key in the cookie, before the viewer is known",
    "auth_group": "Django's own list; not used",
    "auth_group_permissions": "Django's own list; not used",
    "auth_permission": "Django's own list of what can be done to models",
    "django_content_type": "Django's own list of models",
}
APPEND_ONLY = ("access_auditentry",)
