import { deltas, type Fault, type Faults } from "./fault.ts";

const after = (bytes: string | undefined, ending: "end" | "cut" | "open", more: object = {}): Fault => ({
  chat: [{ ...more, text: deltas, after: { ...(bytes === undefined ? {} : { bytes }), ending } }],
});
const other = { protocol: "ui-message-stream" } as const;

/** After the finish: the answer was complete. */
export const finishFaults: Faults = {
  "junk follows": after("\u0000{junk\n<html>\n", "end"),
  "text follows": after('0:"fünf"\n', "end"),
  "an error follows": after('3:"Service unavailable"\n', "end"),
  "another finish follows": after('d:{"finishReason":"error"}\n', "end"),
  "a flood follows": after("a".repeat(1_000_000), "open"),
  "the connection is cut behind it": after(undefined, "cut"),
  "the connection is cut behind junk": after("{junk", "cut"),
  "the upstream keeps the connection open": after(undefined, "open"),
  "events: junk follows": after("data: {junk\n\n", "end", other),
  "events: an error follows": after('data: {"type":"error","errorText":"no"}\n\n', "end", other),
  "events: the connection is cut behind it": after(undefined, "cut", other),
  "events: the upstream keeps the connection open": after(undefined, "open", other),
};
