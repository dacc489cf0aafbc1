// A colour picked from the list takes the place of the one written by hand, before the form is sent.

document.addEventListener(
  "change",
  (event) => {
    if (event.target.matches("[data-composer] input[name=colour]")) document.getElementById("custom").value = "";
  },
  { capture: true },
);
