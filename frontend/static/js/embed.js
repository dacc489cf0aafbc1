// The map and the list in a frame of somebody else's page: as on the home page, without its form.
import { startAtlas } from "./atlas.js";
import { startFaces } from "./faces.js";

const atlas = document.querySelector("[data-atlas]");
const list = atlas.querySelector("#liste");
atlas.dataset.ready = "";
document.body.addEventListener("htmx:afterSettle", say);
document.body.addEventListener("htmx:afterRequest", goToTop);
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.body.addEventListener(name, (event) => {
    window.location.assign(event.detail.pathInfo.finalRequestPath);
  });
}
startFaces(atlas);
startAtlas(atlas);

function say() {
  const said = atlas.querySelector("[data-announce]");
  const { said: words } = atlas.querySelector("[data-results]").dataset;
  if (said.textContent !== words) said.textContent = words;
}

// Another page of the list begins at its top, for the eye and for the keyboard.
function goToTop(event) {
  if (!event.detail.successful || !event.detail.elt.hasAttribute("data-top")) return;
  list.focus({ preventScroll: true });
  list.scrollIntoView();
}
