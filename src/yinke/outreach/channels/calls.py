"""外呼: how providers are called by HTTP, and what a call that failed says of itself."""

from __future__ import annotations

from functools import cache

import httpx

_NOT_NOW = 503


@cache
def client() -> httpx.Client:
    """One for all providers of this process: it keeps their connections, and has read the certificates once."""
    return httpx.Client()


def named(problem: Exception) -> str:
    """Why a call failed, as a message's ``why``."""
    if isinstance(problem, httpx.HTTPStatusError):
        return f"HTTP_{problem.response.status_code}"
    if isinstance(problem, httpx.TimeoutException):
        return "TIMEOUT"
    return "UNREACHABLE" if isinstance(problem, httpx.HTTPError) else "NOT_UNDERSTOOD"


def unsure(problem: Exception) -> bool:
    """Whether the other side may have done what it was asked all the same: only who was not reached, or refused, surely has not."""
    if isinstance(problem, httpx.HTTPStatusError):
        status = problem.response.status_code
        return not (400 <= status < 500 or status == _NOT_NOW)
    return not isinstance(problem, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
