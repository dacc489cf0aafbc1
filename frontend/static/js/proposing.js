// The forms by which anyone proposes: the proof that spares a mail to confirm, the map that writes a position,
// suggestions of communes and addresses. Without any of it, the form does the same.
import { Combobox } from "./combobox.js";
import { plainMap } from "./plain-map.js";
import { prove } from "./proof.js";

const FRANCE = [-5.2, 41.3, 9.6, 51.1];
const STREET_ZOOM = 17;
const TOWN_ZOOM = 13;
const DECIMALS = 6;
const PAUSE = 180; // milliseconds without a key before the site is asked
const SHORTEST = 3;

function start(form) {
  startProof(form);
  const frame = form.querySelector("[data-placing]");
  const place = frame && window.L ? new Placing(form, frame) : null;
  const words = JSON.parse(document.getElementById("mots-suggestions").textContent);
  if (form.elements.commune?.type === "text") new Suggested(form, form.elements.commune, words, place, "places");
  if (form.elements.street?.type === "text" && "addresses" in form.dataset) new Suggested(form, form.elements.street, words, place, "addresses");
}

// -- The proof ---------------------------------------------------------------------------------------

async function startProof(form) {
  const { challenge, proof } = form.elements;
  if (!challenge || proof.value) return;
  const said = form.querySelector("[data-proof-said]");
  let waiting = null;
  form.addEventListener("submit", (event) => {
    if (proof.value || event.submitter?.value !== "send") return;
    event.preventDefault(); // it leaves as soon as it is proved
    waiting = event.submitter;
    if (said) said.textContent = said.dataset.wait;
  });
  proof.value = await prove(challenge.value, Number(form.dataset.bits));
  form.dataset.proved = "";
  if (waiting) form.requestSubmit(waiting);
}

// -- The map -----------------------------------------------------------------------------------------

class Placing {
  constructor(form, frame) {
    this.field = form.elements.location;
    this.frame = frame;
    this.said = frame.querySelector("[data-placed-said]");
    frame.hidden = false;
    this.map = plainMap(frame.querySelector("[data-canvas]"), frame.dataset);
    this.map.on("click", ({ latlng }) => this.put(latlng));
    frame.querySelector("[data-put]").addEventListener("click", () => this.put(this.map.getCenter()));
    frame.querySelector("[data-take]").addEventListener("click", () => this.take());
    for (const button of frame.querySelectorAll("[data-fly]")) {
      button.addEventListener("click", () => this.show(button.dataset.fly.split(",").map(Number)));
    }
    this.field.addEventListener("change", () => this.read());
    const { around } = frame.dataset; // where the page is, or its commune
    if (around) this.near(around.split(",").map(Number), TOWN_ZOOM);
    else this.show(FRANCE);
    this.read();
  }

  show([west, south, east, north]) {
    this.map.fitBounds([[south, west], [north, east]], { animate: false });
  }

  near([longitude, latitude], zoom) {
    this.map.setView([latitude, longitude], zoom, { animate: false });
  }

  put({ lat, lng }) {
    const wrapped = window.L.latLng(lat, lng).wrap();
    this.field.value = `${wrapped.lat.toFixed(DECIMALS)}, ${wrapped.lng.toFixed(DECIMALS)}`;
    this.mark(wrapped);
    const { placed } = this.frame.dataset;
    this.said.textContent = placed.replace("{lat}", wrapped.lat.toFixed(4)).replace("{lon}", wrapped.lng.toFixed(4));
  }

  take() {
    this.field.value = "";
    this.point?.remove();
    this.point = null;
    this.said.textContent = this.frame.dataset.removed;
  }

  mark(at) {
    this.point?.remove();
    const icon = window.L.divIcon({ className: "placing-point", iconSize: null });
    this.point = window.L.marker(at, { icon, interactive: false, keyboard: false }).addTo(this.map);
  }

  // What the field says, where it can be read.
  read() {
    const [lat, lng] = this.field.value.split(",").map((part) => Number(part.trim() || NaN));
    if (!(Math.abs(lat) <= 90 && Math.abs(lng) <= 180)) return;
    this.mark({ lat, lng });
    this.near([lng, lat], STREET_ZOOM);
  }
}

// -- Suggestions -------------------------------------------------------------------------------------

class Suggested {
  constructor(form, input, words, place, among) {
    Object.assign(this, { form, input, words, place, among });
    const status = form.querySelector("[data-suggested]");
    this.box = new Combobox(input, { words, status, typed: (text) => this.typed(text), closed: () => this.forget() });
  }

  forget() {
    clearTimeout(this.timer);
    this.pending?.abort();
  }

  typed(text) {
    this.forget();
    if (text.trim().length < SHORTEST) return this.box.close();
    this.timer = setTimeout(() => this.ask(text.trim()), PAUSE);
  }

  async ask(text) {
    const { signal } = (this.pending = new AbortController());
    const address = new URL(this.form.dataset.suggestUrl, window.location.href);
    // a street alone is everywhere: the commune, once it is said, tells where
    const where = this.among === "addresses" ? this.form.elements.commune.value.replace(/\(.*\)/, "") : "";
    address.searchParams.set("q", `${text} ${where}`.trim().slice(0, 100));
    address.searchParams.set("among", this.among);
    try {
      const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
      if (!answer.ok || signal.aborted) return;
      const found = (await answer.json())[this.among];
      const options = this.among === "places" ? found.filter(({ type }) => type === "commune").map((each) => this.commune(each)) : found.map((each) => this.address(each));
      this.box.show([{ label: this.words.groups[this.among], options }]);
    } catch (error) {
      if (error.name !== "AbortError") this.box.close(); // without suggestions one types it whole
    }
  }

  commune({ name, context, ids, point }) {
    const number = /^commune-(97\d|98\d|\d[\dAB])/.exec(ids[0])?.[1];
    return {
      icon: icon("place"), name, detail: context,
      choose: () => {
        this.input.value = number ? `${name} (${number})` : name;
        if (point) this.place?.near(point, TOWN_ZOOM);
      },
    };
  }

  address({ name, postcode, city, point }) {
    return {
      icon: icon("address"), name, detail: [postcode, city].filter(Boolean).join(" "),
      choose: () => {
        this.input.value = name;
        if (postcode) this.form.elements.postcode.value = postcode;
        if (city) this.form.elements.commune.value = postcode ? `${city} (${/^(97\d|98\d|\d\d)/.exec(postcode)?.[1] ?? postcode})` : city;
        if (!this.place) return;
        this.place.put({ lat: point[1], lng: point[0] });
        this.place.near(point, STREET_ZOOM);
      },
    };
  }
}

function icon(name) {
  const drawn = document.querySelector("[data-suggestion-icons]").content.querySelector(`[data-icon="${name}"] svg`);
  const shown = document.createElement("span");
  shown.className = "suggestion-icon suggestion-icon-plain";
  shown.setAttribute("aria-hidden", "true");
  shown.append(drawn.cloneNode(true));
  return shown;
}

for (const form of document.querySelectorAll("[data-proposing]")) start(form);
