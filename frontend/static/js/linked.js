// The links between initiatives, laid over the map when they are asked for: lines between the points of what
// the list shows, in the box that is seen.
const MOST = 500;
const DELAY = 250; // milliseconds: the map is often moved several times in a row

export class Linked {
  constructor(map, button, said) {
    this.map = map;
    this.button = button;
    this.said = said;
    const pane = map.createPane("links");
    pane.classList.add("links-pane");
    this.layer = window.L.layerGroup();
    this.renderer = window.L.svg({ pane: "links", padding: 0.5 });
    this.query = "";
    this.box = "";
    button.hidden = false;
    button.addEventListener("click", () => this.turn());
  }

  get shown() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  turn() {
    this.button.setAttribute("aria-pressed", String(!this.shown));
    this.said.textContent = "";
    if (this.shown) {
      this.layer.addTo(this.map);
      this.ask();
    } else {
      this.pending?.abort();
      this.layer.remove();
    }
  }

  // What the map draws now: asked for again where the layer is shown.
  follow(query, box) {
    if (query === this.query && box === this.box) return;
    this.query = query;
    this.box = box;
    this.asked = false;
    window.clearTimeout(this.timer);
    if (this.shown) this.timer = window.setTimeout(() => this.ask(), DELAY);
  }

  async ask() {
    if (this.asked) {
      this.tell();
      return;
    }
    this.pending?.abort();
    this.pending = new AbortController();
    const address = new URL(this.button.dataset.linksUrl + (this.query || ""), window.location.href);
    address.searchParams.set("limit", String(MOST));
    if (this.box) address.searchParams.set("bbox", this.box);
    try {
      const answer = await fetch(address, { signal: this.pending.signal, headers: { Accept: "application/geo+json" } });
      if (!answer.ok) throw new Error(`the links answered ${answer.status}`);
      this.draw(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") this.said.textContent = this.button.dataset.failure;
    }
  }

  draw({ features, numberMatched }) {
    this.layer.clearLayers();
    const placed = features.filter(({ geometry }) => geometry);
    for (const { geometry, properties } of placed) {
      const ends = geometry.coordinates.map(([longitude, latitude]) => [latitude, longitude]);
      const className = `link-line link-line-${properties.state}`;
      this.layer.addLayer(
        window.L.polyline(ends, { renderer: this.renderer, pane: "links", interactive: false, className }),
      );
    }
    this.asked = true;
    this.count = placed.length;
    this.matched = numberMatched;
    this.tell();
  }

  // n of N, always: some links are beyond MOST, others have an end without a place.
  tell() {
    const { none, one, several, cut } = this.button.dataset;
    const words = this.matched === 0 ? none : this.count < this.matched ? cut : this.matched === 1 ? one : several;
    this.said.textContent = words.replace("{n}", String(this.count)).replace("{total}", String(this.matched));
  }
}
