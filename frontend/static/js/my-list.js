// « Ma liste »: what one picks while browsing, kept in this browser only, as [slug, name] in the order picked.

const KEY = "maillage-liste";
const MOST = 1000; // what one address takes (directory/filters.py)

function picked() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return new Map(Array.isArray(kept) ? kept.filter((each) => Array.isArray(each) && isSlug(each[0])) : []);
  } catch {
    return new Map(); // no room to keep anything in, or not ours
  }
}

function isSlug(text) {
  return typeof text === "string" && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);
}

// Whether it could be kept: a browser may refuse.
function keep(list) {
  try {
    localStorage.setItem(KEY, JSON.stringify([...list]));
    return true;
  } catch {
    return false;
  }
}

const header = document.querySelector("[data-my-list-link]");

// What every page shows: how many, and on each card whether it is one of them.
function show() {
  const list = picked();
  if (header) {
    header.hidden = list.size === 0;
    header.querySelector("[data-my-list-count]").textContent = String(list.size);
  }
  for (const button of document.querySelectorAll("[data-pick]")) {
    const there = list.has(button.dataset.pick);
    button.hidden = false;
    button.toggleAttribute("data-picked", there);
    button.querySelector("[data-pick-add]").hidden = there;
    button.querySelector("[data-pick-out]").hidden = !there;
  }
}

function say(text, n) {
  const said = document.querySelector("[data-my-list-said]");
  if (said) said.textContent = (text || "").replace("{n}", String(n));
}

function toggle(button) {
  const list = picked();
  const { pick: slug, pickName: name } = button.dataset;
  const words = document.querySelector("[data-my-list-said]").dataset;
  if (list.has(slug)) list.delete(slug);
  else if (list.size < MOST) list.set(slug, name);
  else return say(words.full, MOST);
  const kept = keep(list);
  show();
  say(kept ? (list.size === 1 ? words.one : words.many) : words.refused, list.size);
}

// -- The page of the list ----------------------------------------------------------------------------

let gone = null; // what was there before it was emptied

function drawPage(page) {
  const list = picked();
  const rows = page.querySelector("[data-my-list-rows]");
  const row = page.querySelector("template").content.firstElementChild;
  rows.replaceChildren(...[...list].map(([slug, name]) => rowOf(row.cloneNode(true), slug, name, page.dataset.initiativeUrl)));
  page.querySelector("[data-my-list-some]").hidden = list.size === 0;
  page.querySelector("[data-my-list-none]").hidden = list.size > 0;
  page.querySelector("[data-my-list-back]").hidden = gone === null;
  const address = new URL(page.dataset.searchUrl, window.location.href);
  address.search = `?ids=${[...list.keys()].join(",")}`;
  page.querySelector("[data-my-list-map]").href = address.href;
  page.querySelector("#copie-ma-liste").value = address.href;
}

function rowOf(row, slug, name, address) {
  const link = row.querySelector("a");
  link.href = address.replace("SLUG", slug);
  link.textContent = name || slug;
  const button = row.querySelector("button");
  button.dataset.drop = slug;
  button.querySelector("[data-name]").textContent = name || slug;
  return row;
}

function startPage(page) {
  page.hidden = false;
  drawPage(page);
  page.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const list = picked();
    if (button.dataset.drop) {
      list.delete(button.dataset.drop);
      change(page, list);
    } else if ("myListEmpty" in button.dataset) {
      gone = list;
      change(page, new Map());
    } else if ("myListBack" in button.dataset) {
      const back = gone;
      gone = null;
      change(page, back);
    }
  });
}

// The button that was pressed may be gone: the title takes its place.
function change(page, list) {
  keep(list);
  show();
  drawPage(page);
  const words = document.querySelector("[data-my-list-said]").dataset;
  say(list.size === 1 ? words.one : words.many, list.size);
  page.querySelector("h2").focus({ preventScroll: true });
}

// -- Where it is kept in an account ------------------------------------------------------------------

function fill(form) {
  const field = form.querySelector("textarea[name=picks]");
  if (!field.value) field.value = [...picked().keys()].join("\n");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick]");
  if (button) toggle(button);
});
document.addEventListener("htmx:afterSettle", show);
window.addEventListener("storage", show); // another page of the same browser
window.addEventListener("pageshow", show); // one that comes back from the past
show();
const page = document.querySelector("[data-my-list-page]");
if (page) startPage(page);
const form = document.querySelector("[data-my-list-fill]");
if (form) fill(form);
