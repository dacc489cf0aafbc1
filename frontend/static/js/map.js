// The map: Leaflet, the paper (outlines or tiles), and the marks of what was found.
// Boxes are [west, south, east, north] in degrees; Leaflet itself takes latitude first.
import { Marks } from "./marks.js";
import { Outlines } from "./outlines.js";
import { Sought } from "./sought.js";

const EVERYWHERE = "-180,-90,180,90";
const CLOSEST = 18;
const FRAMED_UP_TO = 13;
const DECIMALS = 6;
const CELL = 66; // pixels: what an edge moves at most when it is aligned

export class ChartMap {
  constructor(element, { moved, listed, seen }) {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.element = element;
    this.moved = moved;
    this.seen = seen;
    this.map = window.L.map(element, {
      zoomControl: false,
      attributionControl: false,
      trackResize: false,
      minZoom: 2,
      maxZoom: CLOSEST,
      zoomAnimation: !still,
      fadeAnimation: !still,
      inertia: !still,
      scrollWheelZoom: !("framed" in element.dataset),
      worldCopyJump: true,
    });
    this.marks = new Marks(this.map, element.dataset, listed);
    this.sought = new Sought(this.map, element.dataset.territoryUrl);
    this.searched = window.L.layerGroup().addTo(this.map);
    this.quiet = true;
    this.addControls(element.dataset);
    this.map.on("moveend", () => this.settled());
    if ("framed" in element.dataset) this.waitForFocus();
    new ResizeObserver(() => this.measure()).observe(element);
  }

  // In the page of somebody else the wheel turns that page, until one clicks into the map.
  waitForFocus() {
    this.map.on("focus", () => this.map.scrollWheelZoom.enable());
    this.map.on("blur", () => this.map.scrollWheelZoom.disable());
  }

  addControls({ zoomIn, zoomOut, tiles, attribution, ownAttribution }) {
    const L = window.L;
    L.control.zoom({ position: "topright", zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(this.map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(this.map);
    const credits = L.control.attribution({ prefix: false, position: "bottomright" }).addTo(this.map);
    if (tiles) {
      L.tileLayer(tiles, { attribution, maxZoom: CLOSEST }).addTo(this.map);
    } else {
      this.outlines = new Outlines(this.map, this.element.dataset.outlinesUrl);
      credits.addAttribution(ownAttribution);
    }
  }

  // Show a box. One that the map gave before is shown at the zoom it was given at: it holds the view.
  frame(box, given) {
    if (!box) return;
    const [west, south, east, north] = box;
    const bounds = window.L.latLngBounds([south, west], [north, east >= west ? east : east + 360]);
    this.hush(() => {
      const zoom = Math.min(this.map.getBoundsZoom(bounds, true), CLOSEST);
      if (given && this.holds(bounds, zoom)) {
        this.map.setView(bounds.getCenter(), zoom, { animate: false });
      } else {
        this.map.fitBounds(bounds, { animate: false, maxZoom: FRAMED_UP_TO, padding: [12, 12] });
      }
    });
    this.ready = true;
    this.outlines?.draw();
    this.searched.clearLayers();
    if (given && !bounds.contains(this.map.getBounds())) {
      this.searched.addLayer(window.L.rectangle(bounds, { className: "searched", interactive: false }));
    }
  }

  // Whether a box is the view at this zoom, but for the cells that align its edges.
  holds(bounds, zoom) {
    const corner = this.map.project(bounds.getNorthWest(), zoom);
    const box = this.map.project(bounds.getSouthEast(), zoom).subtract(corner);
    const view = this.map.getSize();
    return box.x - view.x < 2 * CELL && box.y - view.y < 2 * CELL;
  }

  fly(box) {
    const [west, south, east, north] = box;
    this.map.fitBounds([[south, west], [north, east]]);
  }

  // What the map shows, as the address writes it.
  box() {
    const bounds = this.map.getBounds();
    const wrapped = bounds.getEast() - bounds.getWest() >= 360;
    const west = wrapped ? -180 : wrap(bounds.getWest());
    const east = wrapped ? 180 : wrap(bounds.getEast());
    const edges = [west, Math.max(-90, bounds.getSouth()), east, Math.min(90, bounds.getNorth())];
    return edges.map((edge) => Number(edge.toFixed(DECIMALS))).join(",");
  }

  // Draw what matches in a box, or everywhere. Gives the box aligned by the server, empty for everywhere.
  async draw(query, box) {
    this.pending?.abort();
    this.pending = new AbortController();
    const address = new URL(this.element.dataset.mapUrl + (query || ""), window.location.href);
    address.searchParams.set("bbox", box || EVERYWHERE);
    address.searchParams.set("zoom", String(Math.round(this.map.getZoom())));
    const answer = await fetch(address, { signal: this.pending.signal, headers: { Accept: "application/geo+json" } });
    if (!answer.ok) throw new Error(`the map answered ${answer.status}`);
    const found = await answer.json();
    this.marks.show(found.features);
    this.element.dataset.matched = String(found.numberMatched);
    const drawn = box ? found.bbox.join(",") : "";
    this.element.dataset.drawn = drawn;
    return drawn;
  }

  get inSight() {
    return this.element.offsetWidth > 0;
  }

  // Its place on the page changed size; the view stays where it is.
  measure() {
    if (!this.inSight) return;
    this.hush(() => this.map.invalidateSize({ animate: false, pan: false }));
    if (this.ready) this.outlines?.draw();
    this.seen();
  }

  // Point out the territories that are searched, or the circle.
  seek({ territories, near, radius }) {
    this.sought.show(territories, Math.round(this.map.getZoom()));
    this.sought.encircle(near, radius);
  }

  hush(move) {
    this.quiet = true;
    move();
    this.quiet = false;
  }

  settled() {
    if (this.quiet) return;
    this.searched.clearLayers();
    this.moved(); // asked for first: what was found matters more than the paper below it
    this.outlines?.draw();
  }
}

function wrap(longitude) {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}
