import { field, place, slots } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";

const { key, model } = slots;
const baseUrl = place("url", { after: "/v1" });

/** Cursor, whose own servers make the calls. */
export const cursor: Guide = {
  id: "cursor",
  name: "Cursor",
  group: "apps",
  heading: "### Cursor",
  dialect: "chat",
  callsFromOutside: true,
  names: [],
  steps: [
    {
      kind: "form",
      where: ["Cursor Settings", "Models", "API Keys"],
      fields: [
        { label: "OpenAI API Key", value: field`${key}` },
        { label: "Override OpenAI Base URL", value: field`${baseUrl}` },
        { label: "custom model", value: field`${model}` },
      ],
    },
  ],
};
