// A drawn map becomes one that moves, where it is asked for: the same parts, classes and colours. What the
// parts are worth is read from the table of the map; their outlines come from the server.
import { Outlines } from "./outlines.js";

const FARTHEST = 14;
const DRAWN_WIDTH = 640; // units: what circles are drawn for

for (const figure of document.querySelectorAll("[data-drawn-map]")) {
  const button = figure.querySelector("[data-explore]");
  if (!button) continue;
  button.hidden = false;
  button.addEventListener("click", () => explore(figure, button));
}

async function explore(figure, button) {
  const said = figure.querySelector("[data-said]");
  if (figure.explorer) {
    figure.explorer.toggle();
    return;
  }
  button.disabled = true;
  said.textContent = figure.dataset.waiting;
  try {
    const [answer] = await Promise.all([fetch(figure.dataset.partsUrl), leaflet(figure.dataset)]);
    if (!answer.ok) throw new Error(`the outlines answered ${answer.status}`);
    figure.explorer = new Explorer(figure, button, (await answer.json()).features);
    said.textContent = "";
  } catch (error) {
    said.textContent = figure.dataset.failure;
    console.error(error);
  } finally {
    button.disabled = false;
  }
}

// Leaflet and the sheets of maps, once for the page.
let loading;
function leaflet({ leaflet: source, styles }) {
  loading ??= Promise.all([
    ...styles.split(" ").map((href) => added("link", { rel: "stylesheet", href })),
    window.L ? null : added("script", { src: source }),
  ]);
  return loading;
}

function added(name, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

class Explorer {
  constructor(figure, button, features) {
    this.figure = figure;
    this.button = button;
    this.drawing = figure.querySelector("[data-plate]");
    this.stage = figure.querySelector("[data-stage]");
    this.choice = figure.querySelector("[data-goto]");
    this.said = figure.querySelector("[data-said]");
    this.rows = new Map([...figure.querySelectorAll("[data-part]")].map((row) => [row.dataset.part, row]));
    this.layers = new Map();
    this.toggle();
    this.build(features.filter((feature) => this.rows.has(feature.id)));
  }

  toggle() {
    const open = this.stage.hidden;
    if (open) {
      const box = this.drawing.getBoundingClientRect();
      this.stage.hidden = false;
      this.element = this.stage.querySelector("[data-canvas]");
      this.element.style.height = `${Math.max(280, Math.min(box.height, window.innerHeight * 0.8))}px`;
    } else {
      this.stage.hidden = true;
    }
    this.drawing.hidden = open;
    this.button.setAttribute("aria-expanded", String(open));
    this.button.textContent = open ? this.button.dataset.close : this.button.dataset.open;
    if (open) this.map?.invalidateSize();
  }

  build(features) {
    const L = window.L;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { zoomIn, zoomOut, attribution, outlinesUrl, box } = this.figure.dataset;
    this.map = L.map(this.element, {
      zoomControl: false, attributionControl: false, maxZoom: FARTHEST, zoomSnap: 0.5, scrollWheelZoom: false,
      zoomAnimation: !still, fadeAnimation: !still, inertia: !still,
    });
    L.control.zoom({ position: "topright", zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(this.map);
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(this.map);
    L.control.attribution({ prefix: false, position: "bottomright" }).addAttribution(attribution).addTo(this.map);
    const [west, south, east, north] = box.split(",").map(Number);
    this.map.fitBounds([[south, west], [north, east]], { animate: false, padding: [8, 8] });
    // The page scrolls until one clicks into the map.
    this.map.on("focus", () => this.map.scrollWheelZoom.enable());
    this.map.on("blur", () => this.map.scrollWheelZoom.disable());
    this.paper = new Outlines(this.map, outlinesUrl);
    this.map.on("moveend", () => this.paper.draw());
    this.paper.draw();
    this.draw(features);
    this.offer();
  }

  draw(features) {
    const L = window.L;
    this.map.createPane("parts").classList.add("parts-pane");
    const renderer = L.svg({ pane: "parts", padding: 0.5 });
    const ramp = this.figure.dataset.ramp;
    for (const feature of features) {
      const row = this.rows.get(feature.id);
      const shade = ramp && row.dataset.rank !== "0" ? `drawn-${ramp}-${row.dataset.rank}` : "";
      const unknown = ramp && !shade ? "drawn-unknown" : "";
      const outline = L.geoJSON(feature, {
        renderer, pane: "parts", style: { className: `drawn-part ${shade} ${unknown}`, fillOpacity: 1, weight: 1 },
      });
      this.tell(outline, row);
      this.layers.set(feature.id, outline.addTo(this.map));
    }
    if (!ramp) this.circle(features, renderer);
  }

  // Circles above all outlines, the smallest last.
  circle(features, renderer) {
    const scale = Math.min(1, this.element.clientWidth / DRAWN_WIDTH) || 1;
    const sized = features.filter((feature) => this.rows.get(feature.id).dataset.size);
    sized.sort((one, other) => this.size(other) - this.size(one));
    for (const feature of sized) {
      const [longitude, latitude] = feature.properties.at;
      const mark = window.L.circleMarker([latitude, longitude], {
        renderer, pane: "parts", className: "drawn-circle", radius: Math.max(2, this.size(feature) * scale),
      });
      this.tell(mark, this.rows.get(feature.id));
      mark.addTo(this.map);
    }
  }

  size(feature) {
    return Number(this.rows.get(feature.id).dataset.size);
  }

  tell(layer, row) {
    layer.bindTooltip(() => described(row), { sticky: true, className: "drawn-tip" });
    layer.on("click", () => this.point(row));
  }

  // The parts by name: the keyboard's way to each of them.
  offer() {
    for (const [id, row] of this.rows) {
      if (this.layers.has(id)) this.choice.append(new Option(row.cells[0].textContent, id));
    }
    this.choice.addEventListener("change", () => {
      const row = this.rows.get(this.choice.value);
      if (!row) return;
      this.point(row);
      this.map.fitBounds(this.layers.get(this.choice.value).getBounds(), { maxZoom: 11, padding: [40, 40] });
    });
  }

  point(row) {
    this.pointed?.setStyle({ weight: 1 });
    this.pointed?.getLayers()[0].getElement()?.classList.remove("drawn-pointed");
    this.pointed = this.layers.get(row.dataset.part);
    this.pointed.getLayers()[0].getElement()?.classList.add("drawn-pointed");
    this.pointed.bringToFront();
    for (const mark of this.figure.querySelectorAll(".parts-pane .drawn-circle")) mark.parentNode.append(mark);
    this.choice.value = row.dataset.part;
    this.said.textContent = row.cells[0].textContent + ", " + valuesOf(row);
  }
}

function valuesOf(row) {
  const heads = [...row.closest("table").querySelectorAll("thead th")];
  return [...row.cells].slice(1).map((cell, n) => `${heads[n + 1].textContent} ${cell.textContent}`).join(", ");
}

function described(row) {
  const element = document.createElement("span");
  const name = document.createElement("strong");
  name.textContent = row.cells[0].textContent;
  element.append(name, document.createElement("br"), valuesOf(row));
  return element;
}
