"""保留对照: whom running experiments hold out, told to whoever would plan a contact."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from yinke.common.row_security import whole_bank
from yinke.effect.models import RUNNING, Member


def held_out(customer_ids: Collection[int], on: date) -> dict[int, str]:
    """Who of the customers is held out on a business date, and the experiment's name.

    The caller has shown these customers to the viewer already.
    """
    with whole_bank():  # only that one is held out is told, so that nobody contacts them unknowingly
        rows = Member.objects.filter(
            customer_id__any_of=customer_ids, held_out=True, due_on__gt=on, experiment__status=RUNNING
        ).order_by("-experiment_id")
        return dict(rows.values_list("customer_id", "experiment__name"))
