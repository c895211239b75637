import type { Client } from "../client.ts";

/** Open WebUI, with images. */
export const openWebUi: Client = {
  title: "Open WebUI",
  setup(target) {
    const images = target.imageModel;
    return {
      environment: {
        OPENAI_API_BASE_URL: `${target.url}/v1`,
        OPENAI_API_KEY: target.apiKey,
        ...(images === undefined
          ? {}
          : {
              ENABLE_IMAGE_GENERATION: "true",
              IMAGE_GENERATION_ENGINE: "openai",
              IMAGE_GENERATION_MODEL: images,
              IMAGES_OPENAI_API_BASE_URL: `${target.url}/v1`,
              IMAGES_OPENAI_API_KEY: target.apiKey,
            }),
      },
      steps: [
        "Start Open WebUI with these variables, or enter them under Admin Settings > Connections and > Images.",
        "In a container, write host.docker.internal (or the host's address) instead of localhost.",
      ],
    };
  },
};
