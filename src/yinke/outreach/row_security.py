"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

from yinke.common.row_security import EVERYWHERE, either, of_customer

OF_ENTRY = "EXISTS (SELECT FROM outreach_pointsentry e WHERE e.id = entry_id)"
"""Of what belongs to an entry of the ledger of points: the entry is seen."""
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
    "outreach_pointsaccount": either("customer_id IS NULL", of_customer()),
    "outreach_pointsentry": of_customer(),
    "outreach_pointsposting": OF_ENTRY,
    "outreach_pointslot": OF_ENTRY,
    "outreach_pointsuse": OF_ENTRY,
    "outreach_redemption": of_customer(),
}
OPEN = {
    "outreach_campaign": "what was planned; no row of a customer",
    "outreach_careplan": "which events are answered by which text; no row of a customer",
    "outreach_journey": "names and states of journeys; no row of a customer",
    "outreach_journeyversion": "what was drawn; no row of a customer",
    "outreach_salon": "what is held where and when; no row of a customer",
    "outreach_mission": "what earns points; no row of a customer",
    "outreach_reward": "what points buy; no row of a customer",
    "outreach_template": "texts for everybody; no row of a customer",
    "outreach_templateversion": "texts for everybody; no row of a customer",
}
APPEND_ONLY = ("outreach_pointsposting", "outreach_pointsuse")
