// The paper of the map where there are no tiles: outlines of territories, and their names where
// there is room.

const GAP = 6;
const LETTER = 7; // a letter's width in pixels, about
const LINE = 14;

export class Outlines {
  constructor(map, url) {
    this.map = map;
    this.url = url;
    this.known = new Map();
    const L = window.L;
    const pane = map.createPane("paper");
    pane.classList.add("paper-pane");
    map.createPane("names").classList.add("names-pane");
    this.renderer = L.svg({ pane: "paper", padding: 0.5 });
    this.layer = L.geoJSON(null, {
      renderer: this.renderer,
      pane: "paper",
      interactive: false,
      style: (feature) => ({ className: `outline outline-${feature.properties.kind}`, smoothFactor: 0.5 }),
    }).addTo(map);
    this.names = L.layerGroup().addTo(map);
    this.drawn = new Map();
  }

  async draw() {
    const zoom = Math.round(this.map.getZoom());
    const bounds = this.map.getBounds().pad(0.15);
    const box = [
      Math.max(-180, bounds.getWest()), Math.max(-85, bounds.getSouth()),
      Math.min(180, bounds.getEast()), Math.min(85, bounds.getNorth()),
    ].map((edge) => edge.toFixed(2));
    if (Number(box[0]) >= Number(box[2])) return;
    const address = `${this.url}?bbox=${box.join(",")}&zoom=${zoom}`;
    if (address === this.address) return;
    this.address = address;
    this.pending?.abort();
    this.pending = new AbortController();
    try {
      const answer = await fetch(address, { signal: this.pending.signal });
      if (!answer.ok) return;
      const { features } = await answer.json();
      this.paint(features, zoom);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  paint(features, zoom) {
    this.layer.clearLayers();
    this.layer.addData(features.filter((feature) => feature.geometry));
    this.write(features, zoom);
  }

  // Names, the largest territories first, each only where it fits and covers no other.
  write(features, zoom) {
    this.names.clearLayers();
    const taken = [];
    for (const { bbox, properties } of features) {
      if (!properties.label || !bbox) continue;
      const [longitude, latitude] = properties.label;
      const centre = this.map.project([latitude, longitude], zoom);
      const wide = Math.abs(this.map.project([latitude, bbox[2]], zoom).x - this.map.project([latitude, bbox[0]], zoom).x);
      const width = properties.name.length * LETTER;
      if (width > wide * 1.15) continue;
      const area = [centre.x - width / 2 - GAP, centre.y - LINE, centre.x + width / 2 + GAP, centre.y + LINE];
      if (taken.some((other) => meets(area, other))) continue;
      taken.push(area);
      this.names.addLayer(nameAt(latitude, longitude, properties));
    }
  }
}

function nameAt(latitude, longitude, { name, kind }) {
  const element = document.createElement("span");
  element.textContent = name;
  return window.L.marker([latitude, longitude], {
    pane: "names",
    interactive: false,
    keyboard: false,
    icon: window.L.divIcon({ className: `name name-${kind}`, html: element, iconSize: null }),
  });
}

function meets(one, other) {
  return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
}
