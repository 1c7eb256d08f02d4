// Fetches an export part by part, and hands it over as one file. Without this script the form
// still downloads the first part.
"use strict";

(() => {
  const form = document.getElementById("export");
  const button = form.querySelector("button");
  const status = form.querySelector("[role=status]");
  const shown = (rows) => rows.toLocaleString(document.documentElement.lang);

  async function fetchParts() {
    const parts = [];
    let rows = 0;
    let url = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    while (url) {
      const answer = await fetch(url, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      parts.push(await answer.blob());
      rows += Number(answer.headers.get("X-Rows"));
      status.textContent = form.dataset.working + shown(rows);
      url = answer.headers.get("X-Next");
    }
    status.textContent = form.dataset.done + shown(rows);
    return new Blob(parts, { type: "text/csv" });
  }

  function save(file) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = "subscribers.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      save(await fetchParts());
    } catch {
      status.textContent = form.dataset.failed;
    } finally {
      button.disabled = false;
    }
  });
})();
