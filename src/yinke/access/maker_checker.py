"""经办复核: who makes a thing does not decide on it, and a decision against it says why."""

from __future__ import annotations

from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, YinkeError
from yinke.common.text import clean

LONGEST = 200


class MakerChecker(NotAllowed):
    """Who made it, or takes part in it, does not decide."""

    code = "maker_checker"


def another_persons(viewer: Viewer, maker_id: int | None, place: str) -> None:
    """Refuse to let somebody decide on what they made.

    Raises:
        MakerChecker: the viewer made it.
    """
    if viewer.user_id == maker_id:
        raise MakerChecker("Who asks does not decide", place=place, remedy="Another person must decide")


def ones_own(viewer: Viewer, maker_id: int | None, place: str) -> None:
    """Let nobody but the maker take a thing back.

    Raises:
        NotAllowed: somebody else made it.
    """
    if viewer.user_id != maker_id:
        raise NotAllowed("Only who asked takes it back", place=place, remedy="Refuse it, if you decide on it")


def said_why(text: str, place: str = "reason", least: int = 1) -> str:
    """The reason that goes on record.

    Raises:
        YinkeError: there is none, or it is shorter than ``least`` characters.
    """
    why = " ".join(clean(text, LONGEST).split())
    if len(why) < least:
        raise YinkeError(
            "Say why", place=place, code="reason_missing", remedy="Write a sentence for the record"
        )
    return why
