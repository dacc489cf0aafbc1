// Buttons that copy the field they name, and say so. Shown only where a browser lets a page copy.

if (navigator.clipboard) {
  document.documentElement.dataset.copies = "";
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });
}

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  const note = button.parentElement.querySelector("[role=status]");
  note.textContent = ""; // the same words are said again only where they were gone
  try {
    await navigator.clipboard.writeText(field.value);
    note.textContent = button.dataset.done;
  } catch {
    field.focus();
    field.select();
    note.textContent = button.dataset.failure;
  }
}
