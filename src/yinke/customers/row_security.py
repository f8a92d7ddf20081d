"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

from yinke.common.row_security import ANYBODY, customers_own, either, of_customer, of_user

OWN = (
    "SELECT customer_id FROM customers_assignment"
    " WHERE user_id = yinke_user() AND end_date IS NULL AND rel_type IN ('MAIN', 'CO')",
)
"""As ``queries.visible`` says it."""

POLICIES = {
    "customers_customer": customers_own(),
    "customers_metrics": of_customer(),
    "customers_assignment": either(of_user(), of_customer()),
    "customers_tierchange": of_customer(),
    "customers_profilechange": of_customer(),
    "customers_relationship": either(of_customer(), of_customer("other_id")),
    "customers_personmember": ANYBODY,
    "customers_identitypair": either(of_customer("a_id"), of_customer("b_id")),
    "customers_identitydecision": either(of_customer("a_id"), of_customer("b_id")),
    "customers_personsplit": of_customer(),
    "customers_personlead": ANYBODY,
}
OPEN = {"customers_frontier": "how far the nights have come"}
