// Keeps the last seen pages to be read without a network. Rendered by frontend/views/installing.py, which
// gives it the version of the static files, so that a new version of the site makes a new worker.
const { version, offline, apart, most } = {{ given|safe }};
const SHELL = `shell-${version}`; // the page for when there is no network, anew with each version
const FILES = "files"; // static files, whose names change with their content
const PAGES = "pages"; // the last seen pages, the latest last
const ANSWERS = "answers"; // what the map was told last

self.addEventListener("install", (event) => {
  event.waitUntil(precache().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([forgetOldShells(), self.registration.navigationPreload?.enable(), self.clients.claim()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || isApart(url)) return;
  if (url.pathname.startsWith("{{ static_url }}")) event.respondWith(fromFiles(request));
  else if (request.mode === "navigate") event.respondWith(readPage(event, url));
  else if (url.pathname.startsWith("/api/v1/")) event.respondWith(readAnswer(request));
});

// A page that was open before this worker was there asks for itself to be kept.
self.addEventListener("message", (event) => {
  const url = new URL(event.data.keep, self.location.origin);
  if (url.origin === self.location.origin && !isApart(url)) event.waitUntil(keepOpen(url, event.data.files));
});

function isApart(url) {
  return apart.some((start) => url.pathname.startsWith(start));
}

async function precache() {
  const shell = await caches.open(SHELL);
  await shell.addAll(Object.values(offline.pages));
  const files = await caches.open(FILES);
  await Promise.all(offline.files.map((file) => keepFile(files, file)));
}

async function forgetOldShells() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== SHELL).map((name) => caches.delete(name)));
}

async function keepFile(files, file) {
  if (!(await files.match(file))) await files.add(new Request(file, { cache: "force-cache" }));
}

async function keepOpen(url, names) {
  const files = await caches.open(FILES);
  const known = names.filter((name) => new URL(name).pathname.startsWith("{{ static_url }}"));
  await Promise.allSettled(known.map((name) => keepFile(files, name)));
  const response = await fetch(url, { cache: "force-cache" });
  if (mayBeKept(response, "text/html")) await keep(PAGES, url.href, response);
}

async function fromFiles(request) {
  const files = await caches.open(FILES);
  const held = await files.match(request);
  if (held) return held;
  const response = await fetch(request);
  if (response.status === 200) await keep(FILES, request.url, response.clone());
  return response;
}

async function readPage(event, url) {
  try {
    const response = (await event.preloadResponse) || (await fetch(event.request));
    if (mayBeKept(response, "text/html")) event.waitUntil(keep(PAGES, url.href.split("#")[0], response.clone()));
    return response;
  } catch {
    return (await keptPage(url)) || offlinePage(url);
  }
}

async function readAnswer(request) {
  try {
    const response = await fetch(request);
    if (mayBeKept(response, "json") && isPublic(response)) keep(ANSWERS, request.url, response.clone());
    return response;
  } catch (error) {
    const held = await (await caches.open(ANSWERS)).match(request.url);
    if (held) return held;
    throw error;
  }
}

// Only what is the same for everyone: never what was made for a session, a form or one reader.
function mayBeKept(response, kind) {
  const told = (name) => (response.headers.get(name) || "").toLowerCase();
  return (
    response.status === 200 && response.type === "basic" && !response.redirected &&
    told("Content-Type").includes(kind) && !/no-store|private/.test(told("Cache-Control")) &&
    !told("Vary").includes("cookie")
  );
}

function isPublic(response) {
  return (response.headers.get("Cache-Control") || "").includes("public");
}

async function keep(name, address, response) {
  const cache = await caches.open(name);
  await cache.delete(address); // so that it goes to the end
  await cache.put(address, response);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most[name])).map((key) => cache.delete(key)));
}

// The page as it was, which bears when: its own script says so to the reader.
async function keptPage(url) {
  const held = await (await caches.open(PAGES)).match(url.href.split("#")[0]);
  if (!held) return null;
  const html = await held.text();
  const seen = new Date(held.headers.get("Date") || Date.now()).toISOString();
  return new Response(html.replace("<html ", `<html data-kept="${seen}" `), { headers: held.headers });
}

async function offlinePage(url) {
  const language = url.pathname.startsWith("/en/") ? "en" : "fr";
  const held = await (await caches.open(SHELL)).match(offline.pages[language]);
  return held ? new Response(held.body, { status: 503, headers: held.headers }) : Response.error();
}
