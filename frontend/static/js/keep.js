// The worker that keeps the last seen pages is started once the page has loaded and rests; a page
// that it gave back says since when it was kept.
const note = document.querySelector("[data-offline]");
const { kept } = document.documentElement.dataset;

if (kept) tellKept();
window.addEventListener("offline", () => show(note.dataset.away));
window.addEventListener("online", () => {
  if (kept) show(note.dataset.back);
  else note.hidden = true;
});
if (note && "serviceWorker" in navigator) {
  if (document.readyState === "complete") rest();
  else window.addEventListener("load", rest);
}

function show(text) {
  note.hidden = false;
  note.textContent = text;
}

function tellKept() {
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  show(note.dataset.kept.replace("{day}", day.format(new Date(kept))));
}

function rest() {
  const idle = window.requestIdleCallback || ((start) => setTimeout(start, 1500));
  idle(start, { timeout: 5000 });
}

async function start() {
  const known = Boolean(navigator.serviceWorker.controller);
  try {
    await navigator.serviceWorker.register(note.dataset.worker, { scope: "/" });
  } catch {
    return; // without it the site is as it was
  }
  if (known) return;
  const { active } = await navigator.serviceWorker.ready;
  const files = performance.getEntriesByType("resource").map((entry) => entry.name);
  active.postMessage({ keep: window.location.href.split("#")[0], files: files.filter((name) => name.startsWith(window.location.origin)) });
}
