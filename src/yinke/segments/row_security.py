"""Which rows of this context the web process sees (see ``common/row_security.py``)."""

from yinke.common.row_security import EVERYWHERE, of_customer

POLICIES = {
    "segments_listedcustomer": of_customer(), "segments_segmentmove": of_customer(),
    "segments_segmentfinding": EVERYWHERE, "segments_markchange": EVERYWHERE,
}  # fmt: skip
OPEN = {
    "segments_segment": "names and meanings of segments; who is a member is closed",
    "segments_standardchange": "values of thresholds and counts by branch; no row of a customer",
    "segments_segmentversion": "rules; no row of a customer",
}
