// The little that the admin cannot do without a script: landmarks, going back, counting down.
"use strict";

// unfold names no main landmark, and all its scrolling parts alike.
function nameLandmarks() {
  const main = document.getElementById("main") || document.getElementById("page");
  main?.setAttribute("role", "main");
  document.querySelectorAll(".simplebar-content-wrapper[role=region]").forEach((part, at) => {
    part.setAttribute("aria-label", `${part.getAttribute("aria-label")} ${at + 1}`);
  });
}

function countDown(element) {
  const left = Math.max(0, Math.ceil((Date.parse(element.dataset.ivUntil) - Date.now()) / 1000));
  element.textContent = String(left);
  if (left > 0) {
    setTimeout(() => countDown(element), 1000);
  } else {
    element.closest("[data-iv-undo]")?.remove();
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-iv-back]")) history.back();
});

// The part of a page that keeps itself up to date says when it cannot.
document.addEventListener("htmx:afterRequest", (event) => {
  const lost = document.getElementById("live-lost");
  if (lost && event.detail.target?.id === "live") lost.hidden = Boolean(event.detail.successful);
});

// Whoever has been signed out gets another page in its place: it leads to the way in.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, serverResponse } = event.detail;
  if (target?.id === "live" && !serverResponse.includes('id="live"')) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-iv-until]").forEach(countDown);
});

addEventListener("load", nameLandmarks);
