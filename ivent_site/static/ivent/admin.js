// The little that our own admin pages cannot do without a script: going back, counting down.
"use strict";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-iv-back]")) history.back();
});

function countDown(element) {
  const left = Math.max(0, Math.ceil((Date.parse(element.dataset.ivUntil) - Date.now()) / 1000));
  element.textContent = String(left);
  if (left > 0) {
    setTimeout(() => countDown(element), 1000);
  } else {
    element.closest("[data-iv-undo]")?.remove();
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-iv-until]").forEach(countDown);
});
