// Chooses the browser's time zone in a form that nobody has filled in yet. Browsers may know it by
// an older name than the form offers (Asia/Calcutta), so names are compared as the browser has them.
for (const select of document.querySelectorAll("select[data-browser-zone]")) {
  const nameOf = (zone) => new Intl.DateTimeFormat("en", zone ? { timeZone: zone } : {}).resolvedOptions().timeZone;
  const isSame = (zone) => {
    try {
      return nameOf(zone) === browsers;
    } catch {
      return false; // a zone that this browser does not know
    }
  };
  const browsers = nameOf("");
  // Browsers that hide where they are say UTC.
  if (select.value || !browsers || isSame("UTC")) continue;
  const values = [...select.options].map((option) => option.value).filter(Boolean);
  select.value = values.find((value) => value === browsers) ?? values.find(isSame) ?? "";
}
