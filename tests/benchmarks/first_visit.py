"""What a first visit costs: bytes over the wire, requests, and when the page shows.

``python -m tests.benchmarks.first_visit [--runs 7] [--write]``

Chromium, a cold cache and a fresh window each time; the pages take turns, so that a slow minute of the
machine weighs on all of them. The bytes are those of the answers as sent, headers included (Network
domain of the DevTools protocol). LCP is the browser's own largest-contentful-paint, the last one before
the page is quiet.
"""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks.record import machine, record, table
from tests.chromium import launch
from tests.served import served

MOST_BYTES = 170_000
MOST_LCP_MS = 1_500
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "map and list": ("/", {"viewport": {"width": 1280, "height": 800}}),
    "map and list, phone": ("/", {"viewport": {"width": 375, "height": 740}, "is_mobile": True}),
    "one département": (
        "/?territory=departement-23",
        {"viewport": {"width": 1280, "height": 800}},
    ),
    "a territory": ("/territoires/departement-23/", {"viewport": {"width": 1280, "height": 800}}),
}
PAINTS = """() => new Promise((resolve) => {
  const seen = performance.getEntriesByName("first-contentful-paint")[0];
  new PerformanceObserver((list) => {
    resolve({ first: seen ? seen.startTime : 0, largest: list.getEntries().at(-1).startTime });
  }).observe({ type: "largest-contentful-paint", buffered: true });
})"""


@dataclass
class Visit:
    """One visit: bytes by kind of resource, requests, paints in milliseconds, hosts beside our own."""

    sizes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    requests: int = 0
    first: float = 0
    largest: float = 0
    elsewhere: set[str] = field(default_factory=set)

    @property
    def total(self) -> int:
        return sum(self.sizes.values())


def visit(browser: Browser, address: str, options: dict[str, Any]) -> Visit:
    context = browser.new_context(locale="fr-FR", **options)
    page = context.new_page()
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    seen, kinds = Visit(), {}

    def sent(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event.get("type", "Other")
        host = urlsplit(event["request"]["url"]).netloc
        if host and host != urlsplit(address).netloc:
            seen.elsewhere.add(host)

    def finished(event: dict[str, Any]) -> None:
        seen.requests += 1
        seen.sizes[kinds.get(event["requestId"], "Other")] += int(event["encodedDataLength"])

    client.on("Network.requestWillBeSent", sent)
    client.on("Network.loadingFinished", finished)
    page.goto(address, wait_until="networkidle")
    paints = page.evaluate(PAINTS)
    seen.first, seen.largest = paints["first"], paints["largest"]
    context.close()
    return seen


def rows_of(visits: dict[str, list[Visit]]) -> list[list[object]]:
    rows: list[list[object]] = []
    for name, seen in visits.items():
        total = max(one.total for one in seen)
        largest = statistics.median(one.largest for one in seen)
        paints = [one.largest for one in seen]
        parts = seen[-1].sizes
        rows.append(
            [
                name,
                f"{total / 1000:.0f}",
                ", ".join(f"{kind.lower()} {size / 1000:.0f}" for kind, size in sorted(parts.items())),
                seen[-1].requests,
                f"{statistics.median(one.first for one in seen):.0f}",
                f"{largest:.0f} ({min(paints):.0f}–{max(paints):.0f})",
                ", ".join(sorted(set().union(*(one.elsewhere for one in seen)))) or "none",
                verdict(total, largest),
            ]
        )
    return rows


def verdict(total: int, largest: float) -> str:
    missed = [
        *([f"over {MOST_BYTES / 1000:.0f} kB"] if total > MOST_BYTES else []),
        *([f"over {MOST_LCP_MS} ms"] if largest > MOST_LCP_MS else []),
    ]
    return ", ".join(missed) or "held"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = options.parse_args()
    visits: dict[str, list[Visit]] = {name: [] for name in PAGES}
    with served() as site, sync_playwright() as playwright:
        browser = launch(playwright)
        version = browser.version
        for path, settings in PAGES.values():
            visit(browser, site + path, settings)  # the server's first answer, not the visitor's
        for _run in range(asked.runs):
            for name, (path, settings) in PAGES.items():
                visits[name].append(visit(browser, site + path, settings))
        browser.close()
    header = ["page", "kB", "of which", "requests", "first paint, ms", "LCP, ms", "other hosts", "bounds"]
    text = (
        f"`python -m tests.benchmarks.first_visit --write`: {asked.runs} visits of each page in turn, cold"
        f" cache, no tiles. Bounds: {MOST_BYTES / 1000:.0f} kB transferred (the largest of the runs) and LCP"
        f" {MOST_LCP_MS} ms (the median; least and most beside it).\n\n"
        + table(header, rows_of(visits))
        + "\n\n"
        + machine(Chromium=version)
    )
    print(text)
    if asked.write:
        record("A first visit", text)


if __name__ == "__main__":
    main()
