// Proposes the browser's time zone in each untouched form that asks for it (data-iv-browser-zone).
// Without this script, the zone that the server has chosen stays selected.
"use strict";

(() => {
  const nameOf = (zone) => new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;

  // Browsers may call a zone by an older name than the form (Asia/Calcutta), so names are compared
  // as this browser has them.
  function isSame(name, zone) {
    try {
      return nameOf(name) === nameOf(zone);
    } catch {
      return false; // a zone that this browser does not know
    }
  }

  function propose(select) {
    // What the browser has restored, somebody has chosen.
    if (!select.selectedOptions[0]?.defaultSelected) return;
    const zone = nameOf();
    // Browsers that hide where they are say UTC.
    if (!zone || isSame("UTC", zone)) return;
    const options = [...select.options].filter((each) => each.value);
    const option =
      options.find((each) => each.value === zone) ?? options.find((each) => isSame(each.value, zone));
    if (!option) return;
    select.value = option.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const proposeAll = () => document.querySelectorAll("select[data-iv-browser-zone]").forEach(propose);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", proposeAll);
  else proposeAll();
})();
