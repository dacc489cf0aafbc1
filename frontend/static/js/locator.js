// « Près de moi » : the position is asked on click only, and kept to about a hundred metres.
import { addressOf, paramsOf, visit } from "./address.js";

const RADIUS = "20000";
const DECIMALS = 3; // about a hundred metres

export function startLocator(atlas) {
  const button = atlas.querySelector("[data-locate]");
  const failure = atlas.querySelector("[data-locate-failure]");
  if (!button || !navigator.geolocation) return;
  button.dataset.ready = "";
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    failure.hidden = true;
    navigator.geolocation.getCurrentPosition(
      (position) => {
        button.removeAttribute("aria-busy");
        visit(addressNear(position.coords));
      },
      () => {
        button.removeAttribute("aria-busy");
        failure.textContent = button.dataset.failure;
        failure.hidden = false;
      },
      { timeout: 10_000, maximumAge: 300_000 },
    );
  });
}

function addressNear({ longitude, latitude }) {
  const params = paramsOf(window.location.href);
  for (const name of ["territory", "served", "bbox", "cursor", "place", "ordering"]) params.delete(name);
  params.set("near", [longitude, latitude].map((degrees) => Number(degrees.toFixed(DECIMALS))).join(","));
  params.set("radius", params.get("radius") || RADIUS);
  return addressOf(params);
}
