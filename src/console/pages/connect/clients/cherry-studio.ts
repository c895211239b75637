import { field, slots } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";

const { url, key } = slots;

/** Cherry Studio, which fetches the list of models. */
export const cherryStudio: Guide = {
  id: "cherry-studio",
  name: "Cherry Studio",
  group: "apps",
  heading: "### Cherry Studio",
  dialect: "chat",
  names: [],
  steps: [
    {
      kind: "form",
      where: ["Settings", "Model Provider", "Add"],
      fields: [
        { label: "Provider Type", value: field`OpenAI` },
        { label: "API Host", value: field`${url}` },
        { label: "API Key", value: field`${key}` },
      ],
    },
  ],
};
