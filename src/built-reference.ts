/** Where the build puts the page of the API's reference: beside `src/`, and in `dist/`. */
export const builtReference = new URL("../dist/reference/", import.meta.url);
