// The little that the admin cannot do without a script: landmarks, keys, going back, counting down.
"use strict";

// unfold names no main landmark, and all its scrolling parts alike.
function nameLandmarks() {
  const main = document.getElementById("main") || document.getElementById("page");
  main?.setAttribute("role", "main");
  document.querySelectorAll(".simplebar-content-wrapper[role=region]").forEach((part, at) => {
    part.setAttribute("aria-label", `${part.getAttribute("aria-label")} ${at + 1}`);
  });
}

// What unfold opens by a click alone: the account's menu with the way out, the filters, the themes.
const CLICKED = "[x-on\\:click]:not(button, a[href], input, select, #changelist-filter-close)";
const FOCUSABLE = "input:not([type=hidden]), textarea, select, a[href], button, [role=button]";

function reachByKey() {
  document.querySelectorAll(CLICKED).forEach((part) => {
    // A cross, beside which a button with a word on it does the same.
    if (part.textContent.trim() === "close") return;
    part.setAttribute("role", "button");
    part.tabIndex = 0;
  });
}

// The names of its icons are letters for a font, and no words: beside words they are not read out.
function silenceIcons() {
  document.querySelectorAll(".material-symbols-outlined").forEach((icon) => {
    const whole = icon.closest("a, button, [role=button]") ?? icon.parentElement;
    if (whole.textContent.trim() !== icon.textContent.trim()) {
      icon.setAttribute("aria-hidden", "true");
    }
  });
}

// On a phone they stand beside what they label, each beginning a line.
function capitaliseLabels() {
  document.querySelectorAll("[data-label]").forEach(({ dataset }) => {
    dataset.label = dataset.label.charAt(0).toUpperCase() + dataset.label.slice(1);
  });
}

function openByKey(event) {
  const part = event.target.closest(`${CLICKED}[role=button]`);
  if (!part || !["Enter", " "].includes(event.key)) return;
  event.preventDefault();
  part.click();
  const menu = part.previousElementSibling;
  goInto(menu?.matches("nav") ? menu : document.getElementById("changelist-filter"));
}

// To the first thing to do in what has been opened, once it is shown.
function goInto(opened) {
  setTimeout(() => opened?.checkVisibility() && opened.querySelector(FOCUSABLE)?.focus(), 100);
}

function countDown(element) {
  const left = Math.max(0, Math.ceil((Date.parse(element.dataset.ivUntil) - Date.now()) / 1000));
  element.textContent = String(left);
  if (left > 0) setTimeout(() => countDown(element), 1000);
}

const countAllDown = (part) => part.querySelectorAll("[data-iv-until]").forEach(countDown);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-iv-back]")) history.back();
  // By a key: a mouse has gone elsewhere.
  const isKey = event.detail === 0;
  if (isKey && event.target.closest("[aria-controls=nav-sidebar]")) {
    goInto(document.getElementById("nav-sidebar"));
  }
});

document.addEventListener("keydown", openByKey);

// A question that has been fetched stands above the page.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "modal-content") goInto(event.detail.target);
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
  countAllDown(document);
  // On to a form that comes back filled.
  document.querySelector("form[data-iv-go-on]")?.requestSubmit();
});

// What was waiting for its time to be undone says what came of it.
document.addEventListener("htmx:afterSwap", (event) => countAllDown(event.target));

addEventListener("load", nameLandmarks);
addEventListener("load", reachByKey);
addEventListener("load", silenceIcons);
addEventListener("load", capitaliseLabels);
