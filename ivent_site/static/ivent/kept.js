// Signs in on the same page and brings the form back by itself. Without this script the sign-in
// opens beside the page that keeps the form, and a button does the rest.
"use strict";

(() => {
  const KEY = "iv-kept";
  const keep = document.querySelector("form[data-iv-keep]");
  if (keep) {
    try {
      sessionStorage.setItem(KEY, keep.elements.kept.value);
      document.querySelector("[data-iv-sign-in]").removeAttribute("target");
    } catch {
      // Too large, or not allowed: this page keeps it.
    }
  }
  const back = document.querySelector("form[data-iv-bring-back]");
  const kept = back && sessionStorage.getItem(KEY);
  if (kept) {
    sessionStorage.removeItem(KEY);
    back.elements.kept.value = kept;
    back.submit();
  }
})();
