// A map with nothing on it: tiles, or the paper of the site, two buttons, the names of the sources.
import { Outlines } from "./outlines.js";

const CLOSEST = 18;

export function plainMap(canvas, { zoomIn, zoomOut, tiles, attribution, ownAttribution, outlinesUrl }) {
  const L = window.L;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const animated = { zoomAnimation: !still, fadeAnimation: !still, inertia: !still };
  // the wheel turns the page until one presses into the map
  const map = L.map(canvas, { zoomControl: false, attributionControl: false, scrollWheelZoom: false, minZoom: 2, maxZoom: CLOSEST, ...animated });
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  L.control.zoom({ position: "topright", zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  const credits = L.control.attribution({ prefix: false, position: "bottomright" }).addTo(map);
  if (tiles) {
    L.tileLayer(tiles, { attribution, maxZoom: CLOSEST }).addTo(map);
  } else {
    credits.addAttribution(ownAttribution);
    const paper = new Outlines(map, outlinesUrl);
    map.on("moveend", () => paper.draw());
  }
  return map;
}
