// What libraries of npm read: node readers.mjs LIBRARY FILE... Prints name, start and end in UTC.
import fs from "node:fs";

const iso = (moment) => moment.toISOString().replace(".000", "");

const libraries = {
  async "ical.js"() {
    const { default: ICAL } = await import("ical.js");
    return (text) => {
      ICAL.TimezoneService.reset();
      const calendar = new ICAL.Component(ICAL.parse(text));
      for (const each of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(each);
      const event = new ICAL.Event(calendar.getFirstSubcomponent("vevent"));
      return [event.startDate, event.endDate].map((time) => time.toJSDate());
    };
  },
  async "node-ical"() {
    const { default: ical } = await import("node-ical");
    return (text) => {
      const event = Object.values(ical.sync.parseICS(text)).find((each) => each.type === "VEVENT");
      return [event.start, event.end];
    };
  },
  async "ts-ics"() {
    const { convertIcsCalendar } = await import("ts-ics");
    return (text) => {
      const event = convertIcsCalendar(undefined, text).events[0];
      return [event.start.date, event.end.date];
    };
  },
  async "ical-expander"() {
    const { default: IcalExpander } = await import("ical-expander");
    return (text) => {
      const { events } = new IcalExpander({ ics: text }).all();
      return [events[0].startDate, events[0].endDate].map((time) => time.toJSDate());
    };
  },
};

const [library, ...paths] = process.argv.slice(2);
const read = await libraries[library]();
for (const path of paths) {
  let moments;
  try {
    moments = read(fs.readFileSync(path, "utf8")).map(iso);
  } catch (error) {
    moments = [String(error), "-"];
  }
  console.log([path, ...moments].join("\t"));
}
