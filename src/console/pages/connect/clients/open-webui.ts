import { place, shell, slots } from "../../../domain/snippet.ts";
import type { Guide } from "../guide.ts";

const { key } = slots;
const baseUrl = place("url", { after: "/v1" });
const imageModel = place("imageModel");

const variables = shell`export OPENAI_API_BASE_URL=${baseUrl}
export OPENAI_API_KEY=${key}`;

const pictures = shell`export ENABLE_IMAGE_GENERATION=true
export IMAGE_GENERATION_ENGINE=openai
export IMAGE_GENERATION_MODEL=${imageModel}
export IMAGES_OPENAI_API_BASE_URL=${baseUrl}
export IMAGES_OPENAI_API_KEY=${key}`;

/** Open WebUI, with pictures. */
export const openWebUi: Guide = {
  id: "open-webui",
  name: "Open WebUI",
  group: "apps",
  heading: "### Open WebUI",
  dialect: "chat",
  names: [],
  steps: [
    { kind: "shell", code: variables },
    { kind: "shell", code: pictures, needs: "imageModel" },
  ],
};
