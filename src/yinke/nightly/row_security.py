"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

OPEN = {
    "nightly_run": "no row of a customer",
    "nightly_step": "no row of a customer",
    "nightly_release": "no row of a customer",
}
