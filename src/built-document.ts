/** Where the build puts the document of `GET /openapi.json`: in `dist/`. Beside the source there is none: it would soon be an old one. */
export const builtDocument = new URL("openapi.json", import.meta.url);
