"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

from yinke.common.row_security import either, of_customer, of_user

CASE = "EXISTS (SELECT FROM privacy_rightscase c WHERE c.id = case_id)"
POLICIES = {
    "privacy_consent": of_customer(),
    "privacy_rightscase": either(of_user("opened_by_id"), of_customer()),
    "privacy_rightsfile": CASE,
    "privacy_restriction": of_customer(),
}
OPEN = {
    "privacy_datakey": "wrapped by the master key, which is not in the database",
    "privacy_policy": "texts that customers consent to",
    "privacy_suppression": "keyed hashes of persons who asked to be deleted",
    "privacy_expiry": "what was deleted when; no row of a customer",
}
APPEND_ONLY = ("privacy_consent",)
