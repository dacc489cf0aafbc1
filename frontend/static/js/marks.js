// What was found, on the map: a link for one initiative, a button for several.
// A mark that stays the same is kept, so that the keyboard does not lose its place.

import { spread } from "./spread.js";

const SVG = "http://www.w3.org/2000/svg";
const RADIUS = 15.9155; // the circumference of this circle is 100
const CLOSEST = 17;
const NOWHERE = [1, 1, -1, -1];
const EDGE = 0.000002; // in degrees: coordinates are rounded to six decimals
const METRE = 0.00001; // in degrees, about
// Half the width of each mark in pixels, with a little air: as in map.css.
const PIN = 17;
const HEAPS = { small: 23, medium: 27, large: 33 };

export class Marks {
  constructor(map, words, listed) {
    this.map = map;
    this.words = words;
    this.listed = listed;
    this.shown = new Map();
    this.icons = document.querySelector("[data-sector-icons]").content;
    this.names = JSON.parse(document.getElementById("noms-secteurs").textContent);
    this.Icon = window.L.Icon.extend({
      createIcon() {
        return this.options.element;
      },
      createShadow() {
        return null;
      },
    });
  }

  show(features) {
    const wanted = new Map(features.map((feature) => [signature(feature), feature]));
    let left = null;
    for (const [key, mark] of this.shown) {
      if (!wanted.has(key)) {
        if (mark.getElement() === document.activeElement) left = mark.getLatLng();
        mark.remove();
        this.shown.delete(key);
      }
    }
    for (const [key, feature] of wanted) {
      if (!this.shown.has(key)) this.shown.set(key, this.add(feature));
    }
    this.settle(wanted);
    if (left) this.focusNear(left);
  }

  // The mark of one initiative, or the one of several that stands for it; a place is [longitude, latitude].
  holding(id, [longitude, latitude]) {
    let several = null;
    for (const mark of this.shown.values()) {
      const { feature, element } = mark.options;
      if (feature.id === id) return element;
      const [west, south, east, north] = feature.properties.bbox || NOWHERE;
      if (longitude >= west - EDGE && longitude <= east + EDGE && latitude >= south - EDGE && latitude <= north + EDGE) several = element;
    }
    return several;
  }

  // The order of the keyboard: these ids first, then what else is shown. The mark in focus is not moved,
  // or it would lose it: the others go around it.
  order(ids) {
    const places = new Map(ids.map((id, place) => [id, place]));
    const placeOf = (mark) => places.get(mark.options.feature.id) ?? ids.length;
    const wanted = [...this.shown.values()].sort((one, other) => placeOf(one) - placeOf(other));
    const elements = wanted.map((mark) => mark.options.element);
    if (elements.every((element, index) => !index || elements[index - 1].nextElementSibling === element)) return;
    const still = elements.indexOf(document.activeElement);
    elements.forEach((element, index) => {
      if (index < still) elements[still].before(element);
      else if (index > still) element.parentNode.append(element);
    });
  }

  // Put each mark where it belongs, or beside it where another one stands.
  settle(features) {
    const zoom = this.map.getZoom();
    const keys = [...features.keys()];
    const points = keys.map((key) => {
      const { geometry, properties } = features.get(key);
      const [longitude, latitude] = geometry.coordinates;
      const { x, y } = this.map.project([latitude, longitude], zoom);
      const several = properties.count !== undefined;
      return { x, y, radius: several ? HEAPS[sizeOf(properties.count)] : PIN, weight: several ? 1 : 2 };
    });
    spread(points).forEach(({ x, y }, index) => {
      this.shown.get(keys[index]).setLatLng(this.map.unproject([x, y], zoom));
    });
  }

  // The mark that the keyboard stood on is gone, opened into others: it goes on from the nearest.
  focusNear(place) {
    const metres = (mark) => this.map.distance(place, mark.getLatLng());
    const nearest = [...this.shown.values()].sort((one, other) => metres(one) - metres(other))[0];
    (nearest ? nearest.getElement() : this.map.getContainer()).focus({ preventScroll: true });
  }

  add(feature) {
    const [longitude, latitude] = feature.geometry.coordinates;
    const several = feature.properties.count !== undefined;
    const element = several ? this.cluster(feature.properties) : this.single(feature.properties);
    element.classList.add("mark");
    const mark = window.L.marker([latitude, longitude], {
      icon: new this.Icon({ element, iconSize: null }),
      element,
      feature,
      keyboard: false,
      interactive: false,
      zIndexOffset: several ? 0 : 100,
    }).addTo(this.map);
    window.L.DomEvent.disableClickPropagation(element);
    return mark;
  }

  // One initiative: a link to its page, named « name, commune, sector ».
  single({ id, name, commune, sector, example }) {
    const link = document.createElement("a");
    link.className = `pin sector-${sector}`;
    link.href = this.words.initiativeUrl.replace("SLUG", encodeURIComponent(id));
    const said = [name, commune, this.names[sector], example ? this.words.example : ""].filter(Boolean).join(", ");
    link.setAttribute("aria-label", said);
    link.title = said;
    link.draggable = false;
    link.append(this.icon(sector));
    return link;
  }

  // Several: their number in a ring that shows the mix of their sectors.
  cluster({ count, sectors, bbox }) {
    const button = document.createElement("button");
    const same = this.isOnePlace(bbox);
    button.type = "button";
    button.className = `heap heap-${sizeOf(count)}`;
    const mix = Object.entries(sectors).map(([slug, number]) => `${number} ${this.names[slug] || slug}`);
    const words = same ? this.words.clusterSame : this.words.cluster;
    button.setAttribute("aria-label", words.replace("{n}", String(count)).replace("{mix}", mix.slice(0, 4).join(", ")));
    button.append(ring(sectors), document.createTextNode(count.toLocaleString(document.documentElement.lang)));
    button.addEventListener("click", () => this.open(bbox));
    return button;
  }

  isOnePlace([west, south, east, north]) {
    return east - west < METRE && north - south < METRE;
  }

  open(bbox) {
    const [west, south, east, north] = bbox;
    if (this.isOnePlace(bbox) || this.map.getZoom() >= CLOSEST) {
      // a metre more on each side: a box without area holds nothing
      const sides = [west - METRE, south - METRE, east + METRE, north + METRE];
      this.listed(sides.map((side) => Number(side.toFixed(6))).join(","));
    } else {
      this.map.fitBounds([[south, west], [north, east]], { maxZoom: CLOSEST, padding: [48, 48] });
    }
  }

  icon(sector) {
    const found = this.icons.querySelector(`[data-sector="${CSS.escape(sector || "")}"] svg`);
    return found ? found.cloneNode(true) : document.createElement("span");
  }
}

function sizeOf(count) {
  return count < 10 ? "small" : count < 100 ? "medium" : "large";
}

function signature({ id, geometry, properties }) {
  return `${id}|${geometry.coordinates.join(",")}|${properties.count || ""}|${JSON.stringify(properties.sectors || "")}`;
}

// Arcs of a circle, one per sector, in proportion.
function ring(sectors) {
  const total = Object.values(sectors).reduce((sum, number) => sum + number, 0);
  const svg = element("svg", { viewBox: "0 0 40 40", class: "heap-ring", "aria-hidden": "true", focusable: "false" });
  let start = 25; // at the top
  for (const [slug, number] of Object.entries(sectors)) {
    const share = (number / total) * 100;
    const shape = { cx: 20, cy: 20, r: RADIUS, class: `heap-arc sector-${slug}` };
    svg.append(element("circle", { ...shape, "stroke-dasharray": `${share} ${100 - share}`, "stroke-dashoffset": start }));
    start -= share;
  }
  return svg;
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
