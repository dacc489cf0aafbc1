// A list from which several lines are taken at once, by keys as well: j and k go down and up, x ticks, a leads
// to the button that accepts, r to the reason of a refusal. Keys count while the list has the focus, no others.
const KEYS = { j: 1, k: -1 };

class Batch {
  constructor(form) {
    this.form = form;
    this.lines = [...form.querySelectorAll(".queue-line")];
    this.chosen = form.querySelector("[data-chosen]");
    this.refusal = form.querySelector("[data-refusal]");
    form.querySelector("[data-keys]").hidden = false;
    form.querySelector(".queue").addEventListener("keydown", (event) => this.press(event));
    form.addEventListener("change", () => this.count());
    this.count();
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = this.lines.findIndex((line) => line.contains(document.activeElement));
    const key = event.key.toLowerCase();
    if (here < 0 || !(key in KEYS || "xar".includes(key)) || key.length > 1) return;
    event.preventDefault();
    if (key in KEYS) this.focus(here + KEYS[key]);
    else if (key === "x") this.tick(here, !this.box(here).checked);
    else this.lead(key, here);
  }

  focus(place) {
    this.lines[place]?.querySelector("a").focus();
  }

  box(place) {
    return this.lines[place].querySelector("input");
  }

  tick(place, checked) {
    this.box(place).checked = checked;
    this.count();
  }

  // To what is done with the lines that are ticked, or with this one where none is.
  lead(key, here) {
    if (!this.boxes.length) this.tick(here, true);
    if (key === "r") this.refusal.open = true;
    (key === "a" ? this.form.querySelector("[data-accept]") : this.refusal.querySelector("select")).focus();
  }

  get boxes() {
    return this.form.querySelectorAll(".queue input:checked");
  }

  count() {
    const { none, one, several } = this.chosen.dataset;
    const n = this.boxes.length;
    this.chosen.textContent = n === 0 ? none : (n === 1 ? one : several).replace("{n}", String(n));
    for (const line of this.lines) line.classList.toggle("queue-chosen", line.querySelector("input").checked);
  }
}

for (const form of document.querySelectorAll("[data-batch]")) new Batch(form);
