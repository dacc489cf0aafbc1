"""Draws the icons of the installed site from the one drawing, in Chromium: python scripts/make_icons.py

Writes frontend/static/img/icon-*.png and maskable-*.png; run it when img/maillage.svg has changed.
"""

import os
import re
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "frontend" / "static" / "img"
SIZES = {"icon": (180, 192, 512), "maskable": (192, 512)}


def maskable(drawing: str) -> str:
    """The ground to the edges, and the mesh inside the circle that no mask cuts (W3C: 80 % across)."""
    filled = re.sub(r' rx="\d+"', "", drawing, count=1)
    opened = re.sub(
        r"(<rect[^>]*/>)", r'\1<g transform="translate(24 24) scale(.82) translate(-24 -24)">', filled
    )
    return opened.replace("</svg>", "</g></svg>")


def main() -> None:
    drawing = (IMAGES / "maillage.svg").read_text()
    drawn = {"icon": drawing, "maskable": maskable(drawing)}
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for name, sizes in SIZES.items():
            for size in sizes:
                page = browser.new_page(viewport={"width": size, "height": size})
                page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:100vw}}</style>{drawn[name]}")
                page.screenshot(path=IMAGES / f"{name}-{size}.png", omit_background=True)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
