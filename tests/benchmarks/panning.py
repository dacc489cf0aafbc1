"""Panning and zooming in a real browser: ``python -m tests.benchmarks.panning [--size 1000000] [--write]``.

Chromium on the page as shipped, 1280 × 800, motion allowed. Thirty moves in turn: a drag, a turn of the
wheel, a click on a cluster. Each is timed in the page itself, by its own clock: from the map's ``moveend``
(the hand is off, the animation over) to the first frame painted after the new marks are in place.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.dataset import Databases, versions
from tests.benchmarks.measure import number, percentile, thousands
from tests.benchmarks.peers import maillage
from tests.benchmarks.record import busy, machine, record, table
from tests.chromium import launch

MOVES = 30
MOST_MS = 200
SEED = 3
PAUSE_MS = 600  # between two moves, as a person looks
VIEWPORT = {"width": 1280, "height": 800}

# Leaflet gives its maps to nobody: a hook catches ours when it is made. The page says what it drew in
# data-drawn, once its marks stand; the message comes after the frame that the callback belongs to.
CLOCK = """
window.measured = [];
let leaflet, began = null;
Object.defineProperty(window, "L", {
  configurable: true,
  get: () => leaflet,
  set(value) {
    leaflet = value;
    leaflet.Map.addInitHook(function () {
      window.chart = this;
      this.on("moveend", () => { began = performance.now(); });
      new MutationObserver(() => {
        if (began === null) return;
        const from = began;
        began = null;
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => {
            const marks = document.querySelectorAll("[data-map] .mark").length;
            window.measured.push({
              ms: performance.now() - from, marks, zoom: this.getZoom(),
              matched: Number(this.getContainer().dataset.matched),
            });
          };
          channel.port2.postMessage(null);
        });
      }).observe(this.getContainer(), { attributes: true, attributeFilter: ["data-drawn"] });
    });
  },
});
"""
# A place on the map, in the window, that holds no mark and no control; or null.
BARE = """([x, y]) => {
  const box = document.querySelector("[data-map]").getBoundingClientRect();
  const left = Math.max(box.left, 0), top = Math.max(box.top, 0);
  const right = Math.min(box.right, innerWidth), bottom = Math.min(box.bottom, innerHeight);
  const at = [left + (right - left) * x, top + (bottom - top) * y];
  const found = document.elementFromPoint(...at);
  const free = found && found.closest("[data-map]") && !found.closest(".mark, .leaflet-control, a, button");
  return free ? at : null;
}"""
# The middle of a cluster that opens into others, wholly on the map.
CLUSTER = """() => {
  const box = document.querySelector("[data-map]").getBoundingClientRect();
  for (const heap of document.querySelectorAll("[data-map] button.heap")) {
    const { left, top, width, height } = heap.getBoundingClientRect();
    const at = [left + width / 2, top + height / 2];
    const inside = at[0] > box.left + 60 && at[0] < Math.min(box.right, innerWidth) - 60
      && at[1] > box.top + 60 && at[1] < Math.min(box.bottom, innerHeight) - 60;
    if (inside && document.elementFromPoint(...at)?.closest(".heap") === heap) return at;
  }
  return null;
}"""


@dataclass(frozen=True)
class Move:
    """One move: what was done, milliseconds to painted marks, how many marks for how many initiatives."""

    kind: str
    ms: float
    marks: int
    matched: int
    zoom: float


def pan(page: Page, address: str, moves: int = MOVES) -> list[Move]:
    """Open the map and move it about, the same way every time."""
    page.add_init_script(CLOCK)
    page.goto(address)
    page.wait_for_function("() => document.querySelector('[data-map]')?.dataset.drawn !== undefined")
    settle(page)
    chance = random.Random(SEED)
    kinds: list[tuple[str, Callable[[Page, random.Random], None]]] = [
        ("drag", drag), ("wheel in", wheel_in), ("drag", drag), ("click on a cluster", click),
        ("drag", drag), ("wheel out", wheel_out),
    ]  # fmt: skip
    done = []
    for turn in range(moves):
        kind, move = kinds[turn % len(kinds)]
        page.evaluate("window.measured.length = 0")
        move(page, chance)
        page.wait_for_function("() => window.measured.length > 0")
        settle(page)
        last = page.evaluate("window.measured.at(-1)")
        done.append(Move(kind, **last))
    return done


def settle(page: Page) -> None:
    """The list that follows the map is there too, and a person has looked."""
    page.wait_for_timeout(PAUSE_MS)
    page.wait_for_function("() => !document.querySelector('#liste.htmx-request')")


def bare(page: Page, chance: random.Random) -> tuple[float, float]:
    for _try in range(200):
        found = page.evaluate(BARE, [chance.uniform(0.25, 0.75), chance.uniform(0.25, 0.75)])
        if found:
            return found[0], found[1]
    raise RuntimeError("no place on the map is free of marks")


def drag(page: Page, chance: random.Random) -> None:
    x, y = bare(page, chance)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + chance.choice([-180, 180]), y + chance.uniform(-120, 120), steps=8)
    page.mouse.up()


def wheel(page: Page, place: Sequence[float], turn: float) -> None:
    page.mouse.move(*place)
    page.mouse.wheel(0, turn)


def wheel_in(page: Page, chance: random.Random) -> None:
    # Towards initiatives, as people do: not into the sea.
    wheel(page, page.evaluate(CLUSTER) or bare(page, chance), -240)


def wheel_out(page: Page, chance: random.Random) -> None:
    # Back out of what the wheel and the click went into, so that all zooms are seen, never the end.
    wheel(page, bare(page, chance), 700)


def click(page: Page, chance: random.Random) -> None:
    found = page.evaluate(CLUSTER)
    if found is None:
        wheel_out(page, chance)
        return
    page.mouse.click(*found)


def rows_of(moves: Sequence[Move]) -> list[list[object]]:
    rows: list[list[object]] = []
    for kind in [*dict.fromkeys(move.kind for move in moves), "all"]:
        some = [move for move in moves if kind in (move.kind, "all")]
        times = [move.ms for move in some]
        zooms = [move.zoom for move in some]
        rows.append(
            [
                kind, len(some), number(statistics.median(times)), number(percentile(times, 0.95)),
                number(max(times)), f"{min(zooms):.0f}–{max(zooms):.0f}",
                number(statistics.median(move.marks for move in some)),
            ]
        )  # fmt: skip
    return rows


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.panning", description=__doc__)
    options.add_argument("--size", type=int, default=1_000_000)
    options.add_argument("--moves", type=int, default=MOVES)
    options.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    asked = options.parse_args()
    url = Databases().synthetic(asked.size)
    noise = busy()
    with maillage(url) as site, sync_playwright() as playwright:
        browser = launch(playwright)
        version = browser.version
        for _warm in range(2):  # the server's first answers are not the visitor's
            context = browser.new_context(locale="fr-FR", viewport=VIEWPORT)  # type: ignore[arg-type]
            moves = pan(context.new_page(), f"{site.address}/", asked.moves)
            context.close()
        browser.close()
    median = statistics.median(move.ms for move in moves)
    header = ["move", "times", "median, ms", "p95, ms", "longest, ms", "zooms", "marks"]
    text = "\n\n".join(
        [
            f"`python -m tests.benchmarks.panning --size {asked.size}`: {asked.moves} moves, from the map’s"
            " `moveend` to the first frame painted with the new marks.",
            table(header, rows_of(moves)),
            f"Bound: median ≤ {MOST_MS} ms: {number(median)},"
            f" {'held' if median <= MOST_MS else '**missed**'}.",
            f"{machine(Chromium=version, **versions(url))} {noise}".strip(),
        ]
    )
    print(text)
    if asked.write:
        record(f"Panning and zooming, {thousands(asked.size)} initiatives", text)


if __name__ == "__main__":
    main()
