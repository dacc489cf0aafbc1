"""The system's Chromium, as the tests, the benchmarks and the screenshots drive it.

`make test` names its headless shell, the same engine without the windows that nobody sees, a quarter quicker;
`make test-full`, benchmarks and screenshots take the browser whole, as visitors have it.
"""

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
# What is left out of it: the lists under its own address bar, two pages that each window loads before ours,
# half of the processor time of a window and two plain pages. Chromium heeds the last list it is given: ours
# begins with Playwright's.
LEFT_OUT = [
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
]


def launch(playwright: Playwright) -> Browser:
    """A Chromium to close; FileNotFoundError says how to get one."""
    expect.set_options(timeout=PATIENCE_MS)
    if not Path(CHROMIUM).exists():
        raise FileNotFoundError(f"{CHROMIUM} is missing: `make test` installs it; CHROMIUM names another.")
    left_out = f"--disable-features={','.join(LEFT_OUT)}"
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, left_out])
