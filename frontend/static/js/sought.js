// What is searched, in the accent colour over the paper: the outlines of territories, or a circle.

const MOST = 8;

export class Sought {
  constructor(map, url) {
    this.map = map;
    this.url = url;
    const pane = map.createPane("sought");
    pane.classList.add("sought-pane");
    this.layer = window.L.geoJSON(null, {
      renderer: window.L.svg({ pane: "sought" }),
      pane: "sought",
      interactive: false,
      style: { className: "outline-sought" },
    }).addTo(map);
    this.shown = "";
  }

  // ``near`` is "longitude,latitude", the radius in metres; nothing where no point is searched around.
  encircle(near, radius) {
    this.circle?.remove();
    if (!near) return;
    const [longitude, latitude] = near.split(",").map(Number);
    this.circle = window.L.circle([latitude, longitude], {
      radius: Number(radius),
      renderer: this.layer.options.renderer,
      pane: "sought",
      interactive: false,
      className: "outline-sought",
    }).addTo(this.map);
  }

  // ``ids`` separated by commas; more than a few would only blur the map.
  async show(ids, zoom) {
    if (ids === this.shown) return;
    this.shown = ids;
    this.layer.clearLayers();
    const wanted = ids.split(",").filter((id) => id && !id.startsWith("country-"));
    if (wanted.length > MOST) return;
    for (const id of wanted) {
      const answer = await fetch(`${this.url}${encodeURIComponent(id.trim())}/outline?zoom=${zoom + 2}`);
      if (!answer.ok || ids !== this.shown) continue;
      const outline = await answer.json();
      if (outline.geometry) this.layer.addData(outline);
    }
  }
}
