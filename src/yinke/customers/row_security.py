"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

from yinke.common.row_security import (
    ANYBODY,
    EVERYWHERE,
    OF_ORGS,
    customers_own,
    either,
    of_customer,
    of_user,
)

OWN = {
    "customers_assignment": "SELECT customer_id FROM customers_assignment"
    " WHERE user_id = ANY (yinke_users()) AND end_date IS NULL AND rel_type IN ('MAIN', 'CO')"
}
"""As ``queries.visible`` says it."""

HANDOVER = "EXISTS (SELECT FROM customers_handover h WHERE h.id = handover_id)"
POLICIES = {
    "customers_customer": customers_own(),
    "customers_metrics": of_customer(),
    "customers_assignment": either(of_user(), of_customer()),
    "customers_tierchange": of_customer(),
    "customers_profilechange": of_customer(),
    "customers_relationship": either(of_customer(), of_customer("other_id")),
    "customers_ownerdecision": of_customer(),
    "customers_handover": either(
        of_user("giver_id"),
        of_user("receiver_id"),
        of_user("made_by_id"),
        EVERYWHERE,
        OF_ORGS.format(column="giver_org_id"),
        OF_ORGS.format(column="receiver_org_id"),
    ),
    "customers_handoverapproval": HANDOVER,
    "customers_handoveritem": HANDOVER,
    "customers_claim": either(of_user(), of_customer()),
    "customers_bulkaction": of_user(),
    "customers_customertag": of_customer(),
    "customers_customvalue": of_customer(),
    "customers_listentry": of_customer(),
    "customers_personmember": ANYBODY,
    "customers_identitypair": either(of_customer("a_id"), of_customer("b_id")),
    "customers_identitydecision": either(of_customer("a_id"), of_customer("b_id")),
    "customers_personsplit": of_customer(),
    "customers_personlead": ANYBODY,
}
OPEN = {
    "customers_frontier": "how far the nights have come",
    "customers_customfield": "names and kinds of fields; no row of a customer",
    "customers_tag": "names of tags; no row of a customer",
    "customers_savedview": "filters and columns; no row of a customer",
    "customers_customerlist": "names of lists; who stands on them is closed",
    "customers_exportrequest": "what was asked for and by whom; the file lies encrypted outside the database",
}
FUNCTIONS = ("customers_elsewhere(bytea, bytea)",)
"""Of a whole number: which outlet has its customer, and nothing else."""
