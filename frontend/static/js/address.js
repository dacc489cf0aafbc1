// The address of the page is its whole state; these read it and ask for the list of another one.

// Parameters, each once, blanks left out.
export function paramsOf(address) {
  const given = new URL(address, window.location.href).searchParams;
  const params = new URLSearchParams();
  for (const name of new Set(given.keys())) {
    const values = given.getAll(name).filter((value) => value !== "");
    if (values.length) params.set(name, values.join(","));
  }
  return params;
}

// Commas and colons stay readable, as the server writes them.
export function addressOf(params) {
  const query = params.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return window.location.pathname + (query ? `?${query}` : "");
}

// Ask the server for the list of an address; it answers with the address to show.
export function visit(address) {
  const list = document.querySelector("#liste");
  return window.htmx.ajax("GET", address, { source: list, target: list, swap: "innerHTML" });
}

// "west,south,east,north" as numbers, or null.
export function boxOf(text) {
  const numbers = (text || "").split(",").map(Number);
  return numbers.length === 4 && text && numbers.every(Number.isFinite) ? numbers : null;
}
