import { join, sep } from "node:path";
import { expect, test } from "vitest";

import { findCommandForm, type CommandForm, type Start } from "../../src/cli/command-form.ts";

const path = (text: string): string => text.replaceAll("/", sep);
const clone: Start = {
  script: path("/home/me/akashchat-api/dist/main.js"),
  cwd: path("/home/me/akashchat-api"),
  root: path("/home/me/akashchat-api"),
  isClone: true,
  environment: {},
  container: undefined,
  hostname: "laptop",
};
const image: Start = {
  ...clone,
  script: path("/app/dist/main.js"),
  cwd: path("/app"),
  root: path("/app"),
  isClone: false,
  container: "docker",
  hostname: "3f2a9c1b7d10",
};
const npx: CommandForm = { command: "npx akashchat-api", place: "folder" };
const bare: CommandForm = { command: "akashchat-api", place: "anywhere" };
const lib = "/usr/lib/node_modules/akashchat-api";

test.each<[string, Partial<Start>, CommandForm]>([
  ["npm start in a clone", { environment: { npm_package_name: "akashchat-api" } }, npx],
  [
    "npm run dev in a clone",
    {
      script: path("/home/me/akashchat-api/src/main.ts"),
      environment: { npm_package_name: "akashchat-api" },
    },
    npx,
  ],
  [
    "npx in a clone",
    { script: join(clone.root, "node_modules/.bin/akashchat-api"), environment: { npm_command: "exec" } },
    npx,
  ],
  ["node in the folder of a clone", {}, npx],
  [
    "node in another folder",
    { cwd: path("/home/me") },
    { command: `node ${path("akashchat-api/dist/main.js")}`, place: "folder" },
  ],
  [
    "node from afar, with a blank on the way",
    { script: path("/a b/dist/main.js"), root: path("/a b"), cwd: path("/tmp") },
    { command: `node "${path("/a b/dist/main.js")}"`, place: "folder" },
  ],
  [
    "the source",
    { script: path("/home/me/akashchat-api/src/main.ts") },
    { command: `node ${path("src/main.ts")}`, place: "folder" },
  ],
  [
    "a global installation",
    { script: path("/usr/bin/akashchat-api"), root: path(lib), isClone: false, cwd: path("/tmp") },
    bare,
  ],
  ["a global installation of a clone", { script: path("/usr/bin/akashchat-api"), cwd: path("/tmp") }, bare],
  [
    "a global installation whose link was followed, as on Windows",
    { script: path(`${lib}/dist/main.js`), root: path(lib), isClone: false, cwd: path("/tmp") },
    bare,
  ],
  ["a global installation in a container", { ...image, script: path("/usr/local/bin/akashchat-api") }, bare],
  [
    "a project's own installation",
    { script: path("/srv/ai/node_modules/.bin/akashchat-api"), isClone: false, cwd: path("/srv/ai") },
    npx,
  ],
  [
    "the image",
    image,
    { command: `docker exec -it 3f2a9c1b7d10 node ${path("dist/main.js")}`, place: "container" },
  ],
  [
    "the image under Podman",
    { ...image, container: "podman", cwd: path("/") },
    { command: `podman exec -it 3f2a9c1b7d10 node ${path("/app/dist/main.js")}`, place: "container" },
  ],
  ["a clone in a container for development", { container: "docker" }, npx],
])("%s", (_name, start, form) => {
  expect(findCommandForm({ ...clone, ...start })).toEqual(form);
});
