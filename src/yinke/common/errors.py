"""Errors that a person can act on: a code, what happened, where, and the remedy."""

from __future__ import annotations


class YinkeError(Exception):
    """Anything Yinke refuses. It reaches people as text, never as a traceback.

    Args:
        message: what happened, in one sentence, without personal data.
        place: where (file and line, feed, column, environment variable, step).
        remedy: what the reader can do next.
        code: what the pages look its text up by, in the reader's language; the class's own if empty.

    >>> print(YinkeError("The hash differs", place="CUST_INFO.dat", remedy="Send the file again"))
    CUST_INFO.dat: The hash differs. Remedy: Send the file again.
    """

    code = "error"
    status = 400

    def __init__(self, message: str, *, place: str = "", remedy: str = "", code: str = "") -> None:
        super().__init__(message)
        self.code = code or type(self).code
        self.message = message.rstrip(".")
        self.place = place
        self.remedy = remedy.rstrip(".")

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}." if self.place else f"{self.message}."
        return f"{text} Remedy: {self.remedy}." if self.remedy else text


class ConfigurationError(YinkeError):
    """A setting, a feed description or a threshold is wrong; nothing was started."""

    code = "configuration"


class Held(YinkeError):
    """A business date must wait for a person (or for its files); earlier data stays as it is.

    Args:
        reason: a short machine word, e.g. ``missing_control``, ``hash``, ``rows``, ``tolerance``,
            ``vanished``, ``row_swing``, ``wrong_date``, ``gap``, ``duplicate_key``, ``disk_full``.
        feed: code of the feed that held the date, if one did.
    """

    code = "held"

    def __init__(
        self, reason: str, message: str, *, feed: str = "", place: str = "", remedy: str = ""
    ) -> None:
        super().__init__(message, place=place or feed, remedy=remedy)
        self.reason = reason
        self.feed = feed


class NotAllowed(YinkeError):
    """The viewer may not do this; the remedy names who can grant it."""

    code = "not_allowed"
    status = 403


class NotFound(YinkeError):
    """No such thing within the viewer's scope (the same answer whether it exists or not)."""

    code = "not_found"
    status = 404
