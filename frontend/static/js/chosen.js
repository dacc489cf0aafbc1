// Where a chosen suggestion leads: the current search, changed by the choice.
import { addressOf, paramsOf, visit } from "./address.js";

const RADIUS = "10000"; // in metres; as in frontend/places.py
const DECIMALS = 5; // about a metre
const MOST_TERRITORIES = 100; // what the server takes
// An order that makes no sense without another parameter goes with it.
const ORDER_NEEDS = { relevance: "q", distance: "near" };

export function inSector(params, id) {
  const sectors = new Set((params.get("sector") || "").split(",").filter(Boolean));
  params.set("sector", [...sectors.add(id)].join(","));
}

export function inTerritory(params, ids) {
  elsewhere(params);
  params.set("territory", ids.slice(0, MOST_TERRITORIES).join(","));
}

// Around a point, [longitude, latitude] in degrees.
export function aroundPoint(params, point) {
  elsewhere(params);
  params.set("near", point.map((degrees) => Number(degrees.toFixed(DECIMALS))).join(","));
  params.set("radius", RADIUS);
}

// The search of the address, with the choice and with what the fields hold: { q, place }.
export function goTo(choice, value, fields) {
  const params = paramsOf(window.location.href);
  for (const [name, text] of Object.entries(fields)) {
    if (text.trim()) params.set(name, text.trim());
    else params.delete(name);
  }
  params.delete("cursor");
  choice(params, value);
  const needed = ORDER_NEEDS[params.get("ordering")];
  if (needed && !params.has(needed)) params.delete("ordering");
  return visit(addressOf(params));
}

function elsewhere(params) {
  for (const name of ["territory", "served", "bbox", "near", "radius", "place"]) params.delete(name);
}
