"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

from yinke.common.row_security import EVERYWHERE

POLICIES = {"effect_member": EVERYWHERE, "effect_withheld": EVERYWHERE}
"""Who looks after a customer does not learn their arm."""
OPEN = {
    "effect_experiment": "what is tested and how; no row of a customer",
    "effect_look": "figures of whole arms; no row of a customer",
}
