/** Where the build puts the console: beside `src/`, and in `dist/`. */
export const builtConsole = new URL("../dist/console/", import.meta.url);
