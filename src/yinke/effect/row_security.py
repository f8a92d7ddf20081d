"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

from yinke.common.row_security import EVERYWHERE

POLICIES = {"effect_member": EVERYWHERE, "effect_withheld": EVERYWHERE}
"""Who looks after a customer is told that they are held out (``services/held_out.py``), and nothing else of arms."""
OPEN = {
    "effect_experiment": "what is tested and how; no row of a customer",
    "effect_look": "figures of whole arms; no row of a customer",
    "effect_uplift": "figures of whole arms; no row of a customer",
}
