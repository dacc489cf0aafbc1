// The form: tidy addresses, filters folded on a narrow screen, and what was found said aloud.

const NARROW = "(max-width: 60rem)";

export function startFilters(atlas) {
  const filters = atlas.querySelector("[data-filters]");
  if (window.matchMedia(NARROW).matches) filters.open = false;
  atlas.dataset.ready = "";
  atlas.querySelector("[data-search]").addEventListener("change", applyChoice);
  document.body.addEventListener("htmx:configRequest", dropBlanks);
  document.body.addEventListener("htmx:afterSettle", () => {
    say(atlas);
    countMore(atlas);
  });
  atlas.querySelector("[data-more-filters]").addEventListener("toggle", () => countMore(atlas));
  document.body.addEventListener("htmx:afterRequest", (event) => goToTop(atlas, event));
  atlas.querySelector("[data-search]").addEventListener("submit", (event) => goToFound(atlas, event));
  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.body.addEventListener(name, (event) => {
      window.location.assign(event.detail.pathInfo.finalRequestPath);
    });
  }
}

// A choice applies at once; words wait until they are sent.
function applyChoice(event) {
  if (event.target.matches("input[type=checkbox], input[type=radio], select")) event.currentTarget.requestSubmit();
}

// A field left empty asks nothing, so it has no place in the address.
function dropBlanks(event) {
  const given = event.detail.parameters;
  for (const name of Object.keys(given)) {
    const values = [given[name]].flat().filter((value) => value !== "");
    if (values.length) given[name] = values.join(",");
    else delete given[name];
  }
}

function say(atlas) {
  const results = atlas.querySelector("[data-results]");
  const said = atlas.querySelector("[data-announce]");
  if (results && said.textContent !== results.dataset.said) said.textContent = results.dataset.said;
  const kept = atlas.querySelector("#q");
  const asked = new URLSearchParams(window.location.search).get("q") || "";
  if (document.activeElement !== kept) kept.value = asked;
}

// Where the map has moved, the folded filters are counted anew once they are looked at.
async function countMore(atlas) {
  const results = atlas.querySelector("[data-results]");
  const address = results?.dataset.more;
  if (!address || !atlas.querySelector("[data-more-filters]").open) return;
  delete results.dataset.more;
  const answer = await fetch(address).catch(() => null);
  const text = answer?.ok ? await answer.text() : "";
  if (!results.isConnected) return;
  if (!text) results.dataset.more = address;
  else {
    const focused = document.activeElement.id;
    atlas.querySelector("#plus").outerHTML = text;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
}

// Another page of the list begins at its top, for the eye and for the keyboard.
function goToTop(atlas, event) {
  if (!event.detail.successful || !event.detail.elt.hasAttribute("data-top")) return;
  const list = atlas.querySelector("#liste");
  list.focus({ preventScroll: true });
  list.scrollIntoView();
}

// Words that were sent lead to what they found, where a narrow screen would hide it under the form.
function goToFound(atlas, { submitter }) {
  if (!submitter || !window.matchMedia(NARROW).matches) return;
  const list = atlas.querySelector("#liste");
  list.addEventListener("htmx:afterSettle", () => list.scrollIntoView(), { once: true });
}
