// Suggestions under « Quoi ? » and « Où ? », asked of the site while the reader types.
import { Combobox } from "./combobox.js";
import { aroundPoint, goTo, inSector, inTerritory } from "./chosen.js";

const PAUSE = 180; // milliseconds without a key before the site is asked
const SHORTEST = 2;
const HAS_WORD = /[\p{L}\p{N}]/u;
// A street is asked of another server: when there is enough of it to be one.
const STREET = /^(?=.*\p{L}).{5,}$/u;
// What begins as a street does is seldom a town: fewer towns then stand before the addresses.
const BEGINS_AS_STREET = /^(\d+\s*(bis|ter)?,?\s+\p{L}|(rue|avenue|av|boulevard|bd|place|chemin|route|impasse|all[ée]e|quai|cours|square)\s)/iu;
const TOWNS_BEFORE_STREETS = 3;
// What each field asks for, and how many of each it shows.
const FIELDS = {
  q: { sectors: 4, initiatives: 4, places: 3 },
  place: { places: 7, addresses: 5 },
};

export function startSuggestions(atlas) {
  const form = atlas.querySelector("[data-suggest-url]");
  if (!form) return;
  const words = JSON.parse(document.getElementById("mots-suggestions").textContent);
  const attend = () => {
    for (const input of form.querySelectorAll("[data-suggest]:not([role=combobox])")) new Field(form, input, words);
  };
  attend();
  // the server writes the field of places anew with each list
  document.body.addEventListener("htmx:afterSettle", attend);
}

class Field {
  constructor(form, input, words) {
    this.form = form;
    this.input = input;
    this.words = words;
    this.limits = FIELDS[input.dataset.suggest];
    const status = form.querySelector("[data-suggested]");
    this.box = new Combobox(input, { words, status, typed: (text) => this.typed(text), closed: () => this.forget() });
  }

  // What is under way is not wanted any more.
  forget() {
    clearTimeout(this.timer);
    this.pending?.abort();
  }

  typed(text) {
    this.forget();
    if (text.trim().length < SHORTEST || !HAS_WORD.test(text)) return this.box.close();
    this.timer = setTimeout(() => this.ask(text.trim()), PAUSE);
  }

  async ask(text) {
    const { signal } = (this.pending = new AbortController());
    const own = Object.keys(this.limits).filter((name) => name !== "addresses");
    const street = "addresses" in this.limits && "addresses" in this.form.dataset && STREET.test(text);
    this.fewer = street && BEGINS_AS_STREET.test(text);
    this.found = {};
    // addresses come from another server by way of ours: nothing waits for them
    await Promise.all([this.add(text, own, signal), street && this.add(text, ["addresses"], signal)]);
  }

  async add(text, among, signal) {
    try {
      const found = await this.answer(text, among, signal);
      if (signal.aborted) return;
      for (const name of among) this.found[name] = found[name];
      this.box.show(this.groups());
    } catch (error) {
      // without suggestions the form searches as it always did
      if (error.name !== "AbortError") this.box.show(this.groups());
    }
  }

  async answer(text, among, signal) {
    const address = new URL(this.form.dataset.suggestUrl, window.location.href);
    address.searchParams.set("q", text);
    address.searchParams.set("among", among.join(","));
    const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`the suggestions answered ${answer.status}`);
    return answer.json();
  }

  groups() {
    const most = { ...this.limits, ...(this.fewer && { places: TOWNS_BEFORE_STREETS }) };
    return Object.keys(most).map((name) => ({
      label: this.words.groups[name],
      options: (this.found[name] || []).slice(0, most[name]).map((each) => this[name](each)),
    }));
  }

  sectors({ id, sector, labels }) {
    const say = (term) => term[this.words.language] || term.fr;
    const detail = id === sector ? this.words.sector : this.words.sectors[sector] || "";
    return { icon: sectorIcon(sector), name: say(labels), detail, choose: () => this.go(inSector, id) };
  }

  initiatives({ id, name, sector, commune }) {
    const detail = [commune, this.words.sectors[sector]].filter(Boolean).join(" · ");
    const address = this.form.dataset.initiativeUrl.replace("SLUG", encodeURIComponent(id));
    return { icon: sectorIcon(sector), name, detail, choose: () => window.location.assign(address) };
  }

  places({ type, ids, name, context, former_name: former }) {
    const was = former ? this.words.former.replace("{name}", former) : "";
    const detail = [this.words.kinds[type], context, was].filter(Boolean).join(" · ");
    return { icon: plainIcon("place"), name, detail, choose: () => this.go(inTerritory, ids) };
  }

  addresses({ name, postcode, city, point }) {
    const detail = [postcode, city].filter(Boolean).join(" ");
    return { icon: plainIcon("address"), name, detail, choose: () => this.go(aroundPoint, point) };
  }

  // The choice takes the place of what was typed here; what the other field holds still counts.
  go(choice, value) {
    this.input.value = "";
    const [what, where] = ["q", "place"].map((name) => this.form.elements[name].value);
    goTo(choice, value, { q: what, place: where });
  }
}

function sectorIcon(sector) {
  const drawn = document.querySelector("[data-sector-icons]")?.content.querySelector(`[data-sector="${CSS.escape(sector)}"] svg`);
  return disc(drawn, `suggestion-icon sector-${sector}`);
}

function plainIcon(name) {
  const drawn = document.querySelector("[data-suggestion-icons]").content.querySelector(`[data-icon="${name}"] svg`);
  return disc(drawn, "suggestion-icon suggestion-icon-plain");
}

function disc(drawn, classes) {
  const icon = document.createElement("span");
  icon.className = classes;
  icon.setAttribute("aria-hidden", "true");
  if (drawn) icon.append(drawn.cloneNode(true));
  return icon;
}
