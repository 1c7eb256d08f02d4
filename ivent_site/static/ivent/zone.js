// Preselects the browser's time zone, unless the form comes back with a choice. Without script the
// organisation's zone stays selected.
"use strict";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const select = document.querySelector("select[name=timezone]");
const untouched = select && !document.querySelector(".notice.error");
if (untouched && [...select.options].some((option) => option.value === zone)) select.value = zone;
