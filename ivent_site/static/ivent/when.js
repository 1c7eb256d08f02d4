// Dates and times: each date in words beside it, and the end that moves with the start.
// Without this script the server does the same on save.
"use strict";

(() => {
  const language = document.documentElement.lang || undefined;
  const inWords = new Intl.DateTimeFormat(language, { dateStyle: "full", timeZone: "UTC" });

  const outputOf = (input) => input.parentElement.querySelector("output.iv-echo");

  function echo(input) {
    const output = outputOf(input);
    if (!output) return;
    const isIncomplete = input.validity.badInput;
    output.classList.toggle("iv-echo-wrong", isIncomplete);
    if (isIncomplete) output.textContent = output.dataset.ivIncomplete;
    else if (input.type === "date" && input.value) {
      output.textContent = inWords.format(new Date(`${input.value}T00:00Z`));
    } else output.textContent = "";
  }

  // A browser posts a date that is half typed as if it were empty.
  function refuseIncomplete(event) {
    const isIncomplete = (each) => each.validity?.badInput && each.checkVisibility();
    const first = [...event.target.elements].find(isIncomplete);
    if (!first) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    echo(first);
    if (outputOf(first)) first.focus();
    else first.reportValidity();
  }

  // The end keeps its distance from the start, on the wall clock, until it is set itself.
  function keepLength(form) {
    const field = (name) => form.elements.namedItem(name);
    const names = ["start_date", "start_time", "end_date", "end_time", "end_settled"];
    const [startDay, startTime, endDay, endTime, settled] = names.map(field);
    if (!startDay || !endDay || !settled) return;
    const isAllDay = () => Boolean(field("all_day")?.checked);
    const at = (day, time) => Date.parse(`${day}T${isAllDay() ? "00:00" : time}Z`);
    const start = () => at(startDay.value, startTime.value);
    const hasEnd = () => Boolean(isAllDay() ? endDay.value : endTime.value);
    const end = () => at(endDay.value || startDay.value, endTime.value);
    const measure = () => (hasEnd() ? end() - start() : NaN);
    let length = measure();
    // While clocks are put back an event may end before it begins: the server knows how long it is.
    if (length < 0) return;
    settled.value = "1";
    const follow = () => {
      // Half of a year that is being typed is a year, too.
      if (startDay.value < "1900" || !hasEnd() || Number.isNaN(start())) return;
      if (Number.isNaN(length)) length = measure();
      if (Number.isNaN(length)) return;
      const moved = new Date(start() + length).toISOString();
      const [day, time] = [moved.slice(0, 10), moved.slice(11, 16)];
      const before = `${endDay.value} ${endTime.value}`;
      if (endDay.value || day !== startDay.value) endDay.value = day;
      if (!isAllDay()) endTime.value = time;
      if (before === `${endDay.value} ${endTime.value}`) return;
      echo(endDay);
      outputOf(endDay).append(` · ${endDay.dataset.ivMoved}`);
    };
    const set = () => (length = measure());
    [startDay, startTime].forEach((each) => each.addEventListener("input", follow));
    [endDay, endTime].forEach((each) => each.addEventListener("input", set));
    field("all_day")?.addEventListener("change", set);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const inputs = document.querySelectorAll("input.iv-native");
    inputs.forEach((each) => {
      echo(each);
      ["input", "blur"].forEach((name) => each.addEventListener(name, () => echo(each)));
    });
    new Set([...inputs].map((each) => each.form)).forEach((form) => {
      form?.addEventListener("submit", refuseIncomplete, true);
      if (form) keepLength(form);
    });
  });
})();
