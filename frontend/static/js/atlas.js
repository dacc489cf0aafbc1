// Keeps the list and the map on one search. The list, which the server writes, says what the
// search is; the map draws it. Moving the map asks for the list of the box that it shows.
import { addressOf, boxOf, paramsOf, visit } from "./address.js";
import { Announced } from "./announced.js";
import { show } from "./faces.js";
import { Linked } from "./linked.js";
import { ChartMap } from "./map.js";
import { Step } from "./step.js";

export function startAtlas(atlas) {
  const element = atlas.querySelector("[data-map]");
  if (!element || !window.L) return;
  // On a phone the map is made, and asks for anything, once it is looked at.
  const watcher = new ResizeObserver(() => {
    if (!element.offsetWidth) return;
    watcher.disconnect();
    const state = new Atlas(atlas, element);
    state.follow();
    document.body.addEventListener("htmx:afterSettle", () => state.follow());
  });
  watcher.observe(element);
}

class Atlas {
  constructor(atlas, element) {
    this.atlas = atlas;
    this.note = atlas.querySelector("[data-map-note]");
    this.failure = element.dataset.failure;
    this.query = null;
    this.box = null;
    this.map = new ChartMap(element, {
      moved: () => this.moved(),
      listed: (box) => this.list(box),
      seen: () => this.follow(),
    });
    const events = atlas.querySelector("[data-events]");
    if (events) new Announced(this.map.map, events, atlas.querySelector("[data-events-said]"));
    const links = atlas.querySelector("[data-links]");
    if (links) this.links = new Linked(this.map.map, links, atlas.querySelector("[data-links-said]"));
    this.step = new Step(atlas.querySelector("#liste"), this.map);
    document.body.addEventListener("htmx:afterSettle", () => this.step.keepOrder());
    for (const button of atlas.querySelectorAll("[data-fly]")) {
      button.addEventListener("click", () => this.map.fly(boxOf(button.dataset.fly)));
    }
  }

  // Draw what the list says, unless it is drawn already.
  async follow() {
    const results = this.atlas.querySelector("[data-results]");
    if (!results) return;
    const { mapQuery: query, bbox: box, extent } = results.dataset;
    if (query === this.query && box === this.box) return;
    if (!this.map.inSight) return; // asked last: it has the whole page laid out
    if (box !== this.box || !box) this.map.frame(boxOf(box || extent), Boolean(box));
    this.query = query;
    this.box = box;
    this.map.seek(results.dataset);
    const drawn = await this.draw(box || null);
    if (drawn && box && drawn !== box) this.replaceBox(drawn);
  }

  // The map was moved by hand: the area searched becomes the area seen.
  async moved() {
    const drawn = await this.draw(this.map.box(), true);
    if (drawn && drawn !== this.box) this.replaceBox(drawn);
  }

  // The list of one box, for initiatives that no zoom tells apart.
  list(box) {
    this.box = box;
    show(this.atlas, "list");
    this.ask(box).then(() => this.atlas.querySelector("#liste").focus());
  }

  replaceBox(box) {
    this.box = box;
    this.ask(box);
  }

  ask(box) {
    const params = paramsOf(this.query || window.location.pathname);
    params.set("bbox", box);
    // what the address says besides the search
    for (const [name, value] of new URLSearchParams(this.atlas.dataset.kept)) params.set(name, value);
    return visit(addressOf(params));
  }

  // Draw the matches of a box, everywhere where it is null. Gives the aligned box.
  async draw(box) {
    const query = this.query;
    try {
      const drawn = await this.map.draw(query, box);
      this.links?.follow(query, drawn);
      this.note.hidden = true;
      this.step.keepOrder();
      return drawn;
    } catch (error) {
      if (error.name === "AbortError") return null;
      this.note.textContent = this.failure;
      this.note.hidden = false;
      return null;
    }
  }
}
