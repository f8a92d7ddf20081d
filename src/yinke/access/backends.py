"""How Django finds the person of a session: with the org, in one question."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from yinke.access.models import User


class StaffBackend(ModelBackend):
    """Staff who have not left."""

    def get_user(self, user_id: int) -> User | None:
        """The member of staff with their org; None once they have left."""
        return User.objects.select_related("org").filter(pk=user_id, is_active=True).first()
