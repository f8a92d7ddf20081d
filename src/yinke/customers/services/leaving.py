"""停用: an account is closed by hand only when nobody's care depends on it any more."""

from __future__ import annotations

from django.db import transaction

from yinke.access.models import Substitution, User
from yinke.access.services.audit import audit
from yinke.access.standing import active_today
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.customers.models import Assignment


class HoldsCustomers(YinkeError):
    """The portfolio must be handed over first."""

    code = "holds_customers"


@transaction.atomic
def set_disabled(viewer: Viewer, user_id: int, *, disabled: bool) -> User:
    """Close an account at once; or let the next staff file open it again, if it still lists the person as active.

    A closed account stays closed over the nights.

    Raises:
        NotAllowed: the viewer is no system administrator, or it is his own account.
        HoldsCustomers: they still look after customers, or stand in for somebody today.
    """
    if not viewer.may("staff.manage"):
        raise NotAllowed("Only a system administrator closes accounts", remedy="Ask a system administrator")
    user = User.objects.select_for_update(no_key=True).filter(id=user_id).first()
    if user is None:
        raise NotFound("No such member of staff", place="user_id", remedy="Reload the page")
    if user.id == viewer.user_id:
        raise NotAllowed(
            "Nobody closes their own account", code="own_role", remedy="Another administrator must do it"
        )
    if disabled:
        with whole_bank():  # a number only
            held = Assignment.objects.filter(user=user, rel_type="MAIN", end_date=None).count()
        stands_in = Substitution.objects.filter(active_today(), substitute=user).exists()
        if held or stands_in:
            raise HoldsCustomers(
                f"They look after {held} customers" if held else "They stand in for a colleague",
                place="user_id", remedy="Have the customers handed over first",
            )  # fmt: skip
    user.is_disabled = disabled
    user.is_active = user.is_active and not disabled
    user.save(update_fields=["is_disabled", "is_active"])
    audit(viewer, "staff.disable" if disabled else "staff.enable", "user", user.emp_no)
    return user
