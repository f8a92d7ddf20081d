"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

from yinke.common.row_security import customers_own, either, of_customer, of_user

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
}
OPEN = {"customers_frontier": "how far the nights have come"}
