import type { Guide } from "../guide.ts";
import { aiSdk } from "./ai-sdk.ts";
import { anthropicSdk } from "./anthropic-sdk.ts";
import { cherryStudio } from "./cherry-studio.ts";
import { claudeCode } from "./claude-code.ts";
import { cline } from "./cline.ts";
import { codex } from "./codex.ts";
import { continueDev } from "./continue.ts";
import { copilot } from "./copilot.ts";
import { curl } from "./curl.ts";
import { cursor } from "./cursor.ts";
import { geminiCli } from "./gemini-cli.ts";
import { googleGenAi } from "./google-genai.ts";
import { langChain } from "./langchain.ts";
import { lobeChat } from "./lobechat.ts";
import { openAiSdk } from "./openai-sdk.ts";
import { openWebUi } from "./open-webui.ts";
import { opencode } from "./opencode.ts";
import { pi } from "./pi.ts";
import { qwenCode } from "./qwen-code.ts";
import { zed } from "./zed.ts";

/** All clients, in the order of the page: one file here and one section in docs/clients.md for each. */
export const guides: readonly Guide[] = [
  claudeCode,
  codex,
  opencode,
  cline,
  copilot,
  pi,
  qwenCode,
  geminiCli,
  cursor,
  continueDev,
  zed,
  openWebUi,
  cherryStudio,
  lobeChat,
  openAiSdk,
  anthropicSdk,
  googleGenAi,
  aiSdk,
  langChain,
  curl,
];

/** The groups, in the order of the page. */
export const groups = ["agents", "apps", "code"] as const satisfies readonly Guide["group"][];
