"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

from yinke.common.row_security import EVERYWHERE, of_customer

POLICIES = {
    "outreach_message": of_customer(),
    "outreach_reply": of_customer(),
    "outreach_deadmailbox": of_customer(),
    "outreach_traveller": of_customer(),
    "outreach_wecomcontact": of_customer(),
    "outreach_journeytask": of_customer(),
    "outreach_journeycoming": EVERYWHERE,
    "outreach_campaignmember": of_customer(),
    "outreach_salonguest": of_customer(),
}
OPEN = {
    "outreach_campaign": "what was planned; no row of a customer",
    "outreach_careplan": "which events are answered by which text; no row of a customer",
    "outreach_journey": "names and states of journeys; no row of a customer",
    "outreach_journeyversion": "what was drawn; no row of a customer",
    "outreach_salon": "what is held where and when; no row of a customer",
    "outreach_template": "texts for everybody; no row of a customer",
    "outreach_templateversion": "texts for everybody; no row of a customer",
}
