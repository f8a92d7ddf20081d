"""The pages' API over a bank that bench/night.py --keep left: milliseconds alone, and with 50 people at once.

    ./run bench night --customers 1000000 --keep
    ./run bench api --home var/bench/1000000

Each of the 50 asks, waits for the answer and asks again without a pause (closed loop, the hardest case), then
once more with a pause of one second between requests (a busy office).
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

PORT = 8765
SEARCHED = ("zl", "wx", "lm", "cj", "zhangw", "lina", "wangf", "liuy")
PASSWORD = "bench-only-password-1"


def people() -> dict[str, list[str]]:
    """In a process of its own: open a login for managers with long lists and print who they are."""
    from yinke.cli import start_django

    start_django()
    from django.db.models import Count, Q

    from yinke.access.models import User
    from yinke.access.services import make_demo_logins

    active = Count("assignments", filter=Q(assignments__end_date=None))
    managers = (
        User.objects.filter(role__in=("RM", "WM"), is_active=True).annotate(n=active).order_by("-n")[:50]
    )
    heads = User.objects.filter(role="BR_MGR", is_active=True)[:5]
    ops = User.objects.filter(role="HQ_OPS", is_active=True)[:1]
    found = {
        "RM": [u.emp_no for u in managers],
        "BR_MGR": [u.emp_no for u in heads],
        "HQ_OPS": [u.emp_no for u in ops],
    }
    make_demo_logins([(emp_no, PASSWORD) for numbers in found.values() for emp_no in numbers])
    return found


class Person:
    """One signed-in browser on one kept-open connection."""

    def __init__(self, emp_no: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT)
        self.cookies: dict[str, str] = {}
        self.ask("/")
        status, _ = self.ask("/api/session", {"emp_no": emp_no, "password": PASSWORD})
        if status != 200:
            sys.exit(f"{emp_no} could not sign in ({status})")

    def ask(self, path: str, body: dict[str, str] | None = None) -> tuple[int, bytes]:
        """GET, or POST a JSON body."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/json", "X-CSRFToken": self.cookies.get("csrftoken", "")}
        request = ("GET" if body is None else "POST", path, json.dumps(body) if body else None, headers)
        try:
            self.connection.request(*request)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError):  # the server closes idle connections
            self.connection.close()
            self.connection.request(*request)
            answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer.status, answer.read()

    def timed(self, path: str) -> float:
        """Milliseconds of one GET that must succeed."""
        started = time.perf_counter()
        status, _ = self.ask(path)
        if status != 200:
            sys.exit(f"{path} answered {status}")
        return (time.perf_counter() - started) * 1000


def line(what: str, times: list[float]) -> None:
    """Print p50, p95 and the largest."""
    cuts = statistics.quantiles(times, n=100)
    print(
        f"  {what:<34} p50 {cuts[49]:7.1f} ms   p95 {cuts[94]:7.1f} ms   max {max(times):7.1f} ms   n {len(times)}"
    )


def together(persons: list[Person], paths: list[str], rounds: int, pause: float) -> list[float]:
    """Everybody asks at once, ``rounds`` times each."""
    times: list[float] = []

    def work(person: Person, path: str, start: float) -> None:
        time.sleep(start)
        for _ in range(rounds):
            times.append(person.timed(path))
            time.sleep(pause)

    threads = [threading.Thread(target=work, args=(p, path, pause * n / len(persons)))
               for n, (p, path) in enumerate(zip(persons, paths, strict=True))]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def main() -> None:
    """Start the server on the kept bank and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--people", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.people:
        print(json.dumps(people()))
        return
    env = {**os.environ, "YINKE_HOME": str(arguments.home.absolute())}
    for name in ("YINKE_LAKE", "YINKE_INBOX", "DATABASE_URL"):
        env.pop(name, None)
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "yinke.cli",
            "serve",
            "--port",
            str(PORT),
            "--workers",
            str(arguments.workers),
        ],
        env=env,
    )
    try:
        found = json.loads(subprocess.run([sys.executable, __file__, "--home", str(arguments.home), "--people"],
                                          env=env, check=True, capture_output=True, text=True).stdout)  # fmt: skip
        for _ in range(200):
            try:
                http.client.HTTPConnection("127.0.0.1", PORT).request("GET", "/api/me")
                break
            except OSError:
                time.sleep(0.1)
        managers = [Person(emp_no) for emp_no in found["RM"]]
        head, ops = Person(found["BR_MGR"][0]), Person(found["HQ_OPS"][0])
        customers = [row["id"] for row in json.loads(managers[0].ask("/api/customers?sort=-aum")[1])["rows"]]
        print("alone")
        for what, person, paths in (
            ("workbench, manager", managers[0], ["/api/workbench"]),
            ("customer's page, whole", managers[0], [f"/api/customers/{c}/overview" for c in customers]),
            ("customer", managers[0], [f"/api/customers/{c}" for c in customers]),
            ("customer's timeline", managers[0], [f"/api/customers/{c}/timeline" for c in customers]),
            ("customer list, manager", managers[0], ["/api/customers?sort=-aum"]),
            ("customer list, branch manager", head, ["/api/customers?sort=-aum"]),
            ("customer list, head office", ops, ["/api/customers?sort=-aum"]),
            ("search by initials, manager", managers[0], [f"/api/customers?q={q}" for q in SEARCHED]),
            ("search by initials, branch manager", head, [f"/api/customers?q={q}" for q in SEARCHED]),
            (
                "search by last four, head office",
                ops,
                [f"/api/customers?q={n:04}" for n in range(1000, 1050)],
            ),
            ("branch board, branch manager", head, ["/api/branch"]),
            ("branch board, head office", ops, ["/api/branch"]),
        ):
            for path in paths[:5]:
                person.timed(path)
            line(what, [person.timed(paths[n % len(paths)]) for n in range(200)])
        own = [json.loads(p.ask("/api/customers?sort=-aum")[1])["rows"][0]["id"] for p in managers]
        for count, pause in ((10, 1.0), (50, 1.0), (50, 0.0)):
            print(f"{count} at once, pause {pause:.0f} s")
            some = managers[:count]
            for what, path in (
                ("workbench", "/api/workbench"),
                ("customer's page, whole", "/api/customers/{}/overview"),
                ("customer's timeline", "/api/customers/{}/timeline"),
                ("search by initials", "/api/customers?q=zl"),
                ("customer list", "/api/customers?sort=-aum"),
            ):
                line(what, together(some, [path.format(c) for c in own[:count]], 20, pause))
    finally:
        server.terminate()
        server.wait(20)


if __name__ == "__main__":
    main()
