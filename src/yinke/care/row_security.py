"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

from yinke.common.row_security import EVERYWHERE, OF_ORGS, either, of_customer, of_user

OWN = {
    "care_task": "SELECT customer_id FROM care_task WHERE assignee_id = ANY (yinke_users())"
    " AND (status IN ('NEW', 'IN_PROGRESS') OR status = 'DONE' AND done_at > now() - interval '2 days')"
}
"""Whom somebody has to contact, they see; two days, so that today's results stay on the list over midnight."""

OF_ORG = OF_ORGS.format(column="org_id")
POLICIES = {
    "care_task": either(of_user("assignee_id"), EVERYWHERE, OF_ORG, of_customer()),
    "care_reason": of_customer(),
    "care_contactrecord": either(of_user(), of_customer()),
    "care_donotdisturb": of_customer(),
    "care_badnumber": of_customer(),
    "care_idlewarning": either(of_user(), of_customer()),
    "care_liveevent": of_customer(),
    "care_standing": either(of_user("manager_id"), EVERYWHERE, OF_ORG),
}
OPEN = {
    "care_ownevent": "numbers of own events; no row of a customer",
    "care_owneventversion": "what own events say and whom they follow; no row of a customer",
}
APPEND_ONLY: tuple[str, ...] = ()
