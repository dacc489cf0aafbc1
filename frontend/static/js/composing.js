// The map of the page where a territory is composed. The list of codes, which the form sends, is the one
// truth: the map shows what it names, and a press on a commune writes a line of it or takes it away.
import { Outlines } from "./outlines.js";

const FRANCE = [-5.2, 41.3, 9.6, 51.1];
const PICKED_FROM = 9; // the zoom from which communes are drawn one by one
const CLOSEST = 16;
const LONGEST = 1_000_000; // what the server reads of a contour
const CODE = /^\W*([0-9][0-9AB][0-9]{3})\b/i;

// The lines of the list, each with the code that it begins with.
class List {
  constructor(field) {
    this.field = field;
  }

  get codes() {
    return new Set(this.lines.map(codeOf).filter(Boolean));
  }

  get lines() {
    return this.field.value.split("\n");
  }

  // Whether the commune is in the list afterwards.
  toggle(code, name) {
    const there = this.codes.has(code);
    const kept = this.lines.filter((line) => line.trim() && (!there || codeOf(line) !== code));
    if (!there) kept.push(`${code} ${name}`);
    this.field.value = kept.join("\n");
    return !there;
  }
}

class Composer {
  constructor(form, frame) {
    this.form = form;
    this.frame = frame;
    this.list = new List(form.elements.codes);
    this.words = JSON.parse(document.getElementById("mots-carte").textContent);
    this.places = new Map(JSON.parse(document.getElementById("communes-placees").textContent).map((each) => [each[0], each]));
    this.said = frame.querySelector("[data-map-said]");
    frame.hidden = false;
    this.map = this.makeMap(frame.querySelector("[data-canvas]"), frame.dataset);
    this.picks = this.makePicks();
    this.dots = window.L.layerGroup().addTo(this.map);
    this.drawing = this.makeDrawing();
    this.map.on("moveend", () => this.draw());
    form.elements.codes.addEventListener("input", () => this.mark());
    for (const button of frame.querySelectorAll("[data-fly]")) {
      button.addEventListener("click", () => this.show(button.dataset.fly.split(",").map(Number)));
    }
    this.show(this.box() || FRANCE);
  }

  makeMap(canvas, { zoomIn, zoomOut, tiles, attribution, ownAttribution, outlinesUrl }) {
    const L = window.L;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const animated = { zoomAnimation: !still, fadeAnimation: !still, inertia: !still };
    // the wheel turns the page until one presses into the map
    const map = L.map(canvas, { zoomControl: false, attributionControl: false, scrollWheelZoom: false, minZoom: 2, maxZoom: CLOSEST, ...animated });
    map.on("focus", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
    L.control.zoom({ position: "topright", zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    const credits = L.control.attribution({ prefix: false, position: "bottomright" }).addTo(map);
    if (tiles) L.tileLayer(tiles, { attribution, maxZoom: CLOSEST }).addTo(map);
    else credits.addAttribution(ownAttribution);
    if (!tiles) this.paper = new Outlines(map, outlinesUrl);
    return map;
  }

  makePicks() {
    const L = window.L;
    this.map.createPane("picks").classList.add("picks-pane");
    const renderer = L.svg({ pane: "picks", padding: 0.3 });
    return L.geoJSON(null, {
      renderer,
      pane: "picks",
      style: { className: "pick", smoothFactor: 0.5 },
      onEachFeature: ({ properties }, layer) => {
        layer.bindTooltip(properties.name, { sticky: true });
        layer.on("click", () => this.press(properties));
      },
    }).addTo(this.map);
  }

  // The places of what the list names at first, as a box.
  box() {
    const places = [...this.places.values()];
    if (!places.length) return null;
    const [longitudes, latitudes] = [places.map((each) => each[2]), places.map((each) => each[3])];
    return [Math.min(...longitudes), Math.min(...latitudes), Math.max(...longitudes), Math.max(...latitudes)];
  }

  show([west, south, east, north]) {
    this.map.fitBounds([[south, west], [north, east]], { maxZoom: 11, padding: [24, 24], animate: false });
  }

  // The communes in view, where they are large enough to be pressed; else the places of those that are taken.
  async draw() {
    this.paper?.draw();
    const zoom = Math.round(this.map.getZoom());
    this.pending?.abort();
    if (zoom < PICKED_FROM) {
      this.picks.clearLayers();
      this.say(this.words.closer);
      return this.mark();
    }
    const bounds = this.map.getBounds();
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((edge) => edge.toFixed(3));
    this.pending = new AbortController();
    try {
      const address = `${this.frame.dataset.outlinesUrl}?bbox=${box.join(",")}&zoom=${zoom}&kind=commune`;
      const answer = await fetch(address, { signal: this.pending.signal });
      if (answer.ok) this.paint(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  paint({ features, numberMatched, numberReturned }) {
    this.picks.clearLayers();
    this.picks.addData(features.filter((feature) => feature.geometry));
    this.say(numberReturned < numberMatched ? this.words.partial : "");
    this.mark();
  }

  // Tell what is taken from what is not.
  mark() {
    const taken = this.list.codes;
    this.picks.eachLayer((layer) => layer.getElement()?.classList.toggle("pick-taken", taken.has(layer.feature.properties.code)));
    this.dots.clearLayers();
    if (this.map.getZoom() >= PICKED_FROM) return;
    for (const [code, , longitude, latitude] of this.places.values()) {
      if (taken.has(code)) this.dots.addLayer(window.L.circleMarker([latitude, longitude], { radius: 4, className: "pick-dot", interactive: false }));
    }
  }

  press({ code, name, label }) {
    if (this.drawing.enabled()) return;
    const added = this.list.toggle(code, name);
    if (label) this.places.set(code, [code, name, ...label]);
    const words = (added ? this.words.added : this.words.removed).replace("{name}", name);
    this.say(`${words} ${this.words.number.replace("{n}", String(this.list.codes.size))}`);
    this.mark();
  }

  // A contour is drawn by hand and sent: the server says which communes it takes.
  makeDrawing() {
    const { start, cont, end, crossing } = this.words;
    Object.assign(window.L.drawLocal.draw.handlers.polygon.tooltip, { start, cont, end });
    const drawing = new window.L.Draw.Polygon(this.map, {
      allowIntersection: false,
      drawError: { message: crossing, timeout: 2500 },
      shapeOptions: { className: "outline-drawn" },
    });
    const [begin, abandon] = [this.frame.querySelector("[data-draw]"), this.frame.querySelector("[data-undraw]")];
    begin.addEventListener("click", () => drawing.enable());
    abandon.addEventListener("click", () => drawing.disable());
    this.map.on("draw:drawstart draw:drawstop", ({ type }) => {
      abandon.hidden = type !== "draw:drawstart";
      begin.hidden = !abandon.hidden;
      (begin.hidden ? abandon : begin).focus();
    });
    this.map.on("draw:created", ({ layer }) => {
      const contour = JSON.stringify(layer.toGeoJSON(6).geometry);
      if (contour.length > LONGEST) return this.say(this.words.detailed);
      this.form.elements.outline.value = contour;
      this.form.requestSubmit(this.form.querySelector("[data-take]"));
    });
    return drawing;
  }

  say(words) {
    if (this.said.textContent !== words) this.said.textContent = words;
  }
}

function codeOf(line) {
  return CODE.exec(line)?.[1].toUpperCase();
}

const form = document.querySelector("[data-composing]");
const frame = document.querySelector("[data-composing-map]");
if (form && frame && window.L?.Draw) new Composer(form, frame);
