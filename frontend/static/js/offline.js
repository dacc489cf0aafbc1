// Lists the pages that can be read without a network: their titles, and when they were seen.
const list = document.querySelector("[data-kept-pages]");
const { lang } = document.documentElement;
const day = new Intl.DateTimeFormat(lang, { dateStyle: "long", timeStyle: "short" });

if (list && "caches" in window) fill();
document.querySelector("[data-again]")?.addEventListener("click", () => window.location.reload());

async function fill() {
  const pages = await caches.open("pages");
  const kept = (await pages.keys()).reverse();
  const lines = await Promise.all(kept.map(async (request) => line(request.url, await pages.match(request))));
  list.replaceChildren(...lines);
  list.hidden = !lines.length;
  document.querySelector("[data-kept-none]").hidden = Boolean(lines.length);
}

async function line(url, response) {
  const read = new DOMParser().parseFromString(await response.text(), "text/html");
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = url;
  link.textContent = read.title.replace(/ · Maillage$/, "");
  link.lang = read.documentElement.lang;
  const seen = document.createElement("span");
  seen.className = "muted";
  seen.textContent = ` ${list.dataset.seen.replace("{day}", day.format(new Date(response.headers.get("Date"))))}`;
  item.append(link, seen);
  return item;
}
