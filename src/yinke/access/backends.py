"""How Django finds the person of a session: with the org, in one question."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from yinke.access.models import User
from yinke.access.standing import with_standing


class StaffBackend(ModelBackend):
    """Staff who have not left."""

    def get_user(self, user_id: int) -> User | None:
        """The member of staff with org, rights and whom they stand in for; None once they have left."""
        user = with_standing(user_id)
        return user if user is not None and user.is_active else None
