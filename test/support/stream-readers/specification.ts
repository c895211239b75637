import type { StreamReader } from "./reader.ts";

/**
 * As the specification has it: fields line by line, an event at each empty line, unless it has no data; what is not
 * ended by one is dropped. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const specification: StreamReader = {
  name: "the specification",
  read(text) {
    const events: string[] = [];
    let data: string[] = [];
    for (const line of text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/)) {
      if (line === "") {
        if (data.some((value) => value !== "")) events.push(data.join("\n"));
        data = [];
        continue;
      }
      const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/su.exec(line) ?? [];
      if (field === "data") data.push(value);
    }
    const done = events.indexOf("[DONE]");
    return done === -1 ? events : events.slice(0, done);
  },
};
