import { basename, relative, sep } from "node:path";

/** How this program was started, and where. */
export interface Start {
  /** `process.argv[1]`. */
  readonly script: string;
  readonly cwd: string;
  /** The folder of this package. */
  readonly root: string;
  /** Whether that has the sources: then it is a clone, else an installation or an image. */
  readonly isClone: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The engine whose container this runs in. */
  readonly container: "docker" | "podman" | undefined;
  /** In a container the id of that, unless it was given a name. */
  readonly hostname: string;
}

/** How the program is started again, on another terminal. */
export interface CommandForm {
  readonly command: string;
  /** Where the command works. */
  readonly place: "anywhere" | "folder" | "container";
}

/** Finds the form in which commands of this program work, by how it was started itself. */
export function findCommandForm(start: Start): CommandForm {
  const { script, cwd, root, environment } = start;
  const npx: CommandForm = { command: "npx akashchat-api", place: "folder" };
  if (environment["npm_command"] === "exec" || environment["npm_package_name"] === "akashchat-api")
    return npx;
  const folders = script.split(/[/\\]/);
  const modules = folders.indexOf("node_modules");
  if (modules !== -1) {
    // A project's own installation, or, where the project is elsewhere, one for all.
    return isInside(cwd, folders.slice(0, modules).join(sep)) ? npx : everywhere;
  }
  if (/^akashchat-api(?:\.\w+)?$/.test(basename(script))) return everywhere;
  if (start.container !== undefined && !start.isClone) {
    const inside = `node ${toArgument(script, cwd)}`;
    return { command: `${start.container} exec -it ${start.hostname} ${inside}`, place: "container" };
  }
  if (cwd === root && script.endsWith("main.js")) return npx;
  return { command: `node ${toArgument(script, cwd)}`, place: "folder" };
}

const everywhere: CommandForm = { command: "akashchat-api", place: "anywhere" };

function isInside(path: string, folder: string): boolean {
  return folder !== "" && (path === folder || path.startsWith(folder + sep));
}

/** The short name of a file, as a shell takes it. */
function toArgument(path: string, cwd: string): string {
  const short = isInside(path, cwd) ? relative(cwd, path) : path;
  return /\s/.test(short) ? `"${short}"` : short;
}
