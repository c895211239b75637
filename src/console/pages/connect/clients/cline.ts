import { field, place, slots } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";

const { key, model } = slots;
const baseUrl = place("url", { after: "/v1" });

/** Cline, in an editor by hand; its program can be launched. */
export const cline: Guide = {
  id: "cline",
  name: "Cline",
  group: "agents",
  heading: "### Cline",
  dialect: "chat",
  canLaunch: true,
  firstRequest: 1340,
  names: [],
  steps: [
    {
      kind: "form",
      where: ["The gear", "API Configuration"],
      fields: [
        { label: "API Provider", value: field`OpenAI Compatible` },
        { label: "Base URL", value: field`${baseUrl}` },
        { label: "OpenAI Compatible API Key", value: field`${key}` },
        { label: "Model ID", value: field`${model}` },
      ],
    },
  ],
};
