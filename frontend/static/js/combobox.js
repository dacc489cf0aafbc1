// A field that proposes: the combobox of ARIA 1.2 with a grouped list (a « listbox ») under it.
// The field keeps the focus and what was typed; nothing is chosen until the reader chooses.
// Groups are { label, options: [{ icon, name, detail, choose }] }; icon is an element or null.

let made = 0;

export class Combobox {
  constructor(input, { typed, closed, status, words }) {
    this.input = input;
    this.typed = typed;
    this.closed = closed;
    this.status = status;
    this.words = words;
    this.options = [];
    this.at = -1;
    this.list = this.makeList();
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);
    input.addEventListener("input", (event) => event.isComposing || this.typed(input.value));
    input.addEventListener("compositionend", () => this.typed(input.value));
    input.addEventListener("keydown", (event) => this.pressed(event));
    input.addEventListener("blur", () => this.close());
  }

  makeList() {
    const list = document.createElement("div");
    made += 1;
    list.id = `suggestions-${made}`;
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", this.words.list);
    list.hidden = true;
    // A press on the list must not take the focus from the field; a click or a tap then chooses.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    this.input.after(list);
    return list;
  }

  get open() {
    return !this.list.hidden;
  }

  // Show these groups; the option that was pointed out stays so if it is still there.
  show(groups) {
    const kept = this.options[this.at]?.key;
    this.options = [];
    this.list.replaceChildren(...groups.filter(({ options }) => options.length).map((group, index) => this.group(group, index)));
    if (!this.options.length) return this.hide();
    if (!this.open) this.reveal();
    this.point(kept ? this.options.findIndex(({ key }) => key === kept) : -1);
    const number = this.options.length;
    this.say(number === 1 ? this.words.one : this.words.many.replace("{n}", String(number)));
  }

  // On a phone the list may open below the window, or under its keyboard: the field then goes up.
  reveal() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    const seen = window.visualViewport?.height || window.innerHeight;
    if (this.list.getBoundingClientRect().bottom > seen) this.input.closest(".field").scrollIntoView({ block: "start" });
  }

  group({ label, options }, index) {
    const group = element("div", { role: "group", "aria-labelledby": `${this.list.id}-g${index}` });
    const heading = element("div", { role: "presentation", id: `${this.list.id}-g${index}`, class: "suggestions-group" });
    heading.textContent = label;
    group.append(heading, ...options.map((option) => this.option(option)));
    return group;
  }

  option({ icon, name, detail, choose }) {
    const id = `${this.list.id}-o${this.options.length}`;
    const option = element("div", { role: "option", id, class: "suggestion", "aria-selected": "false" });
    const words = element("span", { class: "suggestion-words" });
    const title = element("span", { class: "suggestion-name" });
    title.textContent = name;
    words.append(title);
    if (detail) {
      const beside = element("span", { class: "suggestion-detail" });
      beside.textContent = detail;
      words.append(" ", beside);
    }
    if (icon) option.append(icon);
    option.append(words);
    this.options.push({ option, choose, key: `${name}|${detail}` });
    return option;
  }

  pressed(event) {
    if (event.isComposing) return;
    const last = this.options.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!this.open) return this.typed(this.input.value);
      // from the field one comes in at either end, and past an end one is back in the field
      const step = event.key === "ArrowDown" ? this.at + 1 : (this.at < 0 ? last : this.at - 1);
      this.point(step > last ? -1 : step);
    } else if (event.key === "Enter" && this.open && this.at >= 0) {
      event.preventDefault();
      this.choose(this.options[this.at].option);
    } else if (event.key === "Escape" && this.open) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter") {
      this.close();
    }
  }

  point(index) {
    this.options[this.at]?.option.setAttribute("aria-selected", "false");
    this.at = index;
    const pointed = this.options[index]?.option;
    if (!pointed) return this.input.removeAttribute("aria-activedescendant");
    pointed.setAttribute("aria-selected", "true");
    pointed.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", pointed.id);
  }

  choose(option) {
    const chosen = this.options.find((each) => each.option === option);
    if (!chosen) return;
    this.close();
    chosen.choose();
  }

  // What was typed stays; an answer still under way is not wanted any more.
  close() {
    this.closed();
    this.hide();
  }

  hide() {
    this.list.hidden = true;
    this.point(-1);
    this.options = [];
    this.input.setAttribute("aria-expanded", "false");
    this.say("");
  }

  say(words) {
    if (this.status.textContent !== words) this.status.textContent = words;
  }
}

function element(name, attributes) {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
  return created;
}
