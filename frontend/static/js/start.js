// Finds what the server marked with data- attributes, and starts it.
import { startAtlas } from "./atlas.js";
import { startFaces } from "./faces.js";
import { startFilters } from "./filters.js";
import { startLocator } from "./locator.js";
import { startSuggestions } from "./suggestions.js";

for (const element of document.querySelectorAll("[data-atlas]")) {
  startFilters(element);
  startFaces(element);
  startLocator(element);
  startSuggestions(element);
  startAtlas(element);
}
