// On a narrow screen the list and the map are two faces of one sheet, one gesture apart.

export function startFaces(atlas) {
  for (const button of atlas.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => {
      show(atlas, button.dataset.show);
      const face = atlas.querySelector(button.dataset.show === "map" ? "#carte" : "#liste");
      face.setAttribute("tabindex", "-1");
      face.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    });
  }
}

// Turn the sheet; the map sees by its size when it comes in sight.
export function show(atlas, face) {
  atlas.dataset.face = face;
}
