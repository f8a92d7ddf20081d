"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

OPEN = {"scoring_scoringmodel": "figures about models; no row of a customer"}
