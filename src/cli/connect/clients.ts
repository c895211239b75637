import { suggestId } from "../../suggest/suggest-id.ts";
import type { Client } from "./client.ts";
import { claudeCode } from "./clients/claude-code.ts";
import { cline } from "./clients/cline.ts";
import { codex } from "./clients/codex.ts";
import { continueDev } from "./clients/continue.ts";
import { copilot } from "./clients/copilot.ts";
import { cursor } from "./clients/cursor.ts";
import { openWebUi } from "./clients/open-webui.ts";
import { geminiCli } from "./clients/gemini-cli.ts";
import { opencode } from "./clients/opencode.ts";
import { pi } from "./clients/pi.ts";
import { qwenCode } from "./clients/qwen-code.ts";
import { zed } from "./clients/zed.ts";

const clients: Readonly<Record<string, Client>> = {
  "claude-code": claudeCode,
  codex,
  opencode,
  copilot,
  pi,
  "qwen-code": qwenCode,
  "gemini-cli": geminiCli,
  cursor,
  cline,
  "open-webui": openWebUi,
  continue: continueDev,
  zed,
};

/** A client, or `undefined` for a name that is none of `clientNames`. */
export function findClient(name: string): Client | undefined {
  return Object.hasOwn(clients, name) ? clients[name] : undefined;
}

/** " Did you mean …?" when a name is near to one of `names`, or begins it, or is that client's command; else nothing. */
export function suggestClient(name: string, names: readonly string[]): string {
  const meant =
    names.find((known) => clients[known]?.program?.command === name.toLowerCase()) ??
    (name === "" ? undefined : names.find((known) => known.startsWith(name.toLowerCase()))) ??
    suggestId(name, names);
  return meant === undefined ? "" : ` Did you mean ${meant}?`;
}
