// « Partager » and « Imprimer »; without this module a mail link and the plain address stand there.

function startSharing(element) {
  const { share: url, copied, failed } = element.dataset;
  const said = element.querySelector("[data-share-said]");
  const plain = element.querySelector("[data-share-address]");
  for (const hidden of element.querySelectorAll("[data-scripted]")) hidden.hidden = false;
  plain.hidden = true;
  element.querySelector("[data-print]").addEventListener("click", () => window.print());
  element.querySelector("[data-share-link]").addEventListener("click", async () => {
    said.textContent = "";
    try {
      if (navigator.share) {
        await navigator.share({ title: document.title, url });
      } else {
        await navigator.clipboard.writeText(url);
        said.textContent = copied;
      }
    } catch (error) {
      if (error.name === "AbortError") return; // the person closed the panel
      plain.hidden = false;
      said.textContent = failed;
    }
  });
}

// A list that changed in place has another address than the one the server wrote.
function tellPaper() {
  const language = document.documentElement.lang;
  for (const place of document.querySelectorAll("[data-print-address]")) place.textContent = window.location.href;
  for (const place of document.querySelectorAll("[data-print-day]")) {
    place.textContent = new Date().toLocaleDateString(language, { dateStyle: "long" });
  }
  // The map keeps the size at which it was drawn, made smaller as a whole to fit the sheet.
  for (const map of document.querySelectorAll("[data-map]")) {
    map.toggleAttribute("data-paper", map.clientWidth > 0);
    map.style.setProperty("--drawn-width", `${map.clientWidth}px`);
    map.style.setProperty("--drawn-height", `${map.clientHeight}px`);
    map.style.setProperty("--paper-scale", Math.min(1, 680 / map.clientWidth, 460 / map.clientHeight));
  }
}

for (const element of document.querySelectorAll("[data-share]")) startSharing(element);
window.addEventListener("beforeprint", tellPaper);
