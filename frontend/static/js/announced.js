// Events that are announced, laid over the map when they are asked for: a link to the page of each.
const SLIGHT = 1e-4; // in degrees: two events in one commune stand beside each other
const MOST = 500;

export class Announced {
  constructor(map, button, said) {
    this.map = map;
    this.button = button;
    this.said = said;
    this.layer = window.L.layerGroup();
    button.hidden = false;
    button.addEventListener("click", () => this.turn());
  }

  async turn() {
    const shown = this.button.getAttribute("aria-pressed") !== "true";
    this.button.setAttribute("aria-pressed", String(shown));
    this.said.textContent = "";
    if (!shown) {
      this.layer.remove();
      return;
    }
    this.layer.addTo(this.map);
    try {
      if (!this.asked) await this.ask();
      this.said.textContent = this.words(this.layer.getLayers().length);
    } catch {
      this.said.textContent = this.button.dataset.failure;
    }
  }

  async ask() {
    const address = new URL(this.button.dataset.eventsUrl, window.location.href);
    address.searchParams.set("since", today());
    address.searchParams.set("limit", String(MOST));
    const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
    if (!answer.ok) throw new Error(`the events answered ${answer.status}`);
    const { features } = await answer.json();
    const taken = new Set();
    for (const feature of features.filter((each) => each.geometry)) this.add(feature, taken);
    this.asked = true;
  }

  add({ geometry, properties }, taken) {
    let [longitude, latitude] = geometry.coordinates;
    while (taken.has(`${longitude},${latitude}`)) longitude += SLIGHT;
    taken.add(`${longitude},${latitude}`);
    const link = document.createElement("a");
    link.className = "event-flag";
    link.href = this.button.dataset.eventUrl.replace("SLUG", encodeURIComponent(properties.id));
    const day = new Date(properties.start).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
    const cancelled = properties.status === "cancelled" ? this.button.dataset.cancelled : "";
    const said = [properties.title, day, properties.commune?.name, cancelled].filter(Boolean).join(", ");
    link.setAttribute("aria-label", said);
    link.title = said;
    link.draggable = false;
    link.append(this.button.querySelector("svg").cloneNode(true));
    const Icon = window.L.Icon.extend({ createIcon: () => link, createShadow: () => null });
    const mark = window.L.marker([latitude, longitude], {
      icon: new Icon({ iconSize: null }),
      keyboard: false,
      interactive: false,
      zIndexOffset: 200,
    });
    window.L.DomEvent.disableClickPropagation(link);
    this.layer.addLayer(mark);
  }

  words(count) {
    const { none, one, several } = this.button.dataset;
    return count === 0 ? none : (count === 1 ? one : several).replace("{n}", String(count));
  }
}

// The day as the address writes it, where the reader is.
function today() {
  const now = new Date();
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}
