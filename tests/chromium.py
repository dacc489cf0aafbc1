"""The system's Chromium, as the tests, the benchmarks and the screenshots drive it."""

import os
from pathlib import Path

from playwright.sync_api import Browser, Playwright, expect

# How long a page may take to become what a test says: as long as a machine may that does much else.
PATIENCE_MS = 60_000
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",  # root has no other choice, and the pages are our own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Playwright) -> Browser:
    """A Chromium to close; FileNotFoundError says how to get one."""
    expect.set_options(timeout=PATIENCE_MS)
    if not Path(CHROMIUM).exists():
        raise FileNotFoundError(f"{CHROMIUM} is missing: `make test` installs it; CHROMIUM names another.")
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
