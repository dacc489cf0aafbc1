// Where a proposal lies, for who moderates it: each line of the list is a mark of the map, under its letter.
// Without this, a drawing stands in its place.
import { plainMap } from "./plain-map.js";
import { spread } from "./spread.js";

// The paper shows communes and no street.
const CLOSEST = { tiles: 16, paper: 14 };
const RADIUS = 17; // pixels, with a little air: as in moderation.css

class Reviewed {
  constructor(frame) {
    const canvas = frame.querySelector("[data-canvas]");
    frame.querySelector("[data-frame]").hidden = false;
    frame.querySelector("[data-drawing]").remove();
    this.map = plainMap(canvas, frame.dataset);
    window.L.control.scale({ imperial: false, position: "bottomleft" }).addTo(this.map);
    this.places = Array.from(frame.querySelectorAll("[data-spot]"), (line) => ({ line, at: [Number(line.dataset.lat), Number(line.dataset.lon)] }));
    this.map.fitBounds(this.places.map(({ at }) => at), { animate: false, maxZoom: frame.dataset.tiles ? CLOSEST.tiles : CLOSEST.paper, padding: [40, 40] });
    this.marks = this.places.map((place) => this.mark(place));
    this.map.on("zoomend", () => this.settle());
    this.settle();
  }

  // A link to its line: what it is called is what the line says.
  mark({ line, at }) {
    const link = document.createElement("a");
    link.href = `#${line.id}`;
    link.className = `${line.querySelector(".spot").className} spot-mark`;
    link.textContent = line.dataset.spot;
    link.title = line.textContent.trim().replace(/\s+/g, " ");
    link.setAttribute("aria-label", link.title);
    const icon = new window.L.Icon({ iconUrl: "-" });
    icon.createIcon = () => link;
    icon.createShadow = () => null;
    return window.L.marker(at, { icon, keyboard: false }).addTo(this.map);
  }

  // Marks of one place stand beside each other.
  settle() {
    const zoom = this.map.getZoom();
    const points = this.places.map(({ at }) => ({ ...this.map.project(at, zoom), radius: RADIUS, weight: 1 }));
    spread(points).forEach(({ x, y }, index) => this.marks[index].setLatLng(this.map.unproject([x, y], zoom)));
  }
}

for (const frame of document.querySelectorAll("[data-reviewed]")) if (window.L) new Reviewed(frame);
