"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

from yinke.common.row_security import EVERYWHERE, OF_ORGS, either, of_customer

OPEN = {
    "scoring_scoringmodel": "figures about models; no row of a customer",
    "scoring_trainingrun": "who asked for a model, and what came of it; no row of a customer",
    "scoring_scorenight": "figures about nights; no row of a customer",
    "scoring_challengernight": "figures about nights; no row of a customer",
    "scoring_modelcomparison": "figures about models; no row of a customer",
    "scoring_modelmonth": "figures about models; no row of a customer",
}
POLICIES = {
    "scoring_churnalert": either(EVERYWHERE, OF_ORGS.format(column="org_id"), of_customer()),
    "scoring_scorefeedback": of_customer(),
    "scoring_customervalue": of_customer(),
}
