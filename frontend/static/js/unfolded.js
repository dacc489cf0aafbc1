// What a reader has unfolded stays so when htmx brings the same part of the page again.
let unfolded = [];

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  unfolded = [...detail.target.querySelectorAll("details[open][id]")].map(({ id }) => id);
});

document.addEventListener("htmx:afterSwap", () => {
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
});
