import type { ScriptedImage, Simulator, SimulatorOptions } from "../../src/simulator/index.ts";
import { recordedBackEndModels, recordedModels } from "./recorded-models.ts";

/** A clock that a test sets, in ms. */
export interface Clock {
  at: number;
}

/** What can be done before the recorded request is sent. */
export interface Stage {
  readonly simulator: Simulator;
  readonly clock: Clock;
  /** Sends a request with the session of the recorded one. */
  readonly send: (path: string, init?: { method?: string; body?: object }) => Promise<void>;
}

/** What is special about playing one recording; everything else follows from its bytes. */
export interface Play {
  readonly options?: SimulatorOptions;
  /** The recorded cookie is sent as it is: it stands for no cookie of ours. Default: a valid session. */
  readonly keepCookie?: boolean;
  readonly before?: (stage: Stage) => void | Promise<void>;
}

/** The access token of the recorded instances that asked for one. */
export const ACCESS_TOKEN = "secret";

const failingBackEnd: Play = {
  before: ({ simulator }) => simulator.setModels([]),
};
const databaseDown: Play = {
  before: ({ simulator }) => {
    simulator.setModels(recordedBackEndModels());
    simulator.setDatabase("down");
  },
};
const keepCookie: Play = { keepCookie: true };

/** Seconds of a 600 s session that are left. */
function secondsLeft(seconds: number, of = 600): Play {
  return {
    before: ({ clock }) => {
      clock.at += (of - seconds) * 1000;
    },
  };
}

/** Refreshes three times before the recorded call, `apart` ms apart. */
function refreshes(apart: number): Play {
  return {
    before: async ({ send, clock }) => {
      for (let count = 0; count < 3; count += 1) {
        await send("/api/auth/session/refresh/", { method: "POST" });
        clock.at += apart;
      }
    },
  };
}

/** Image jobs that are in a state at the recorded poll. */
function jobs(...states: (readonly [id: string, ...statuses: (string | number)[]])[]): Play {
  return {
    before: async (stage) => {
      for (const [jobId, ...statuses] of states) await drawImage(stage, { jobId, statuses, prompt: "a" });
    },
  };
}

async function drawImage({ simulator, send }: Stage, image: ScriptedImage): Promise<void> {
  simulator.enqueue({ image });
  await send("/api/chat/", { body: chat("AkashGen") });
}

function chat(model = "Meta-Llama-3-3-70B-Instruct"): object {
  return { messages: [{ role: "user", content: "hi" }], model, temperature: 1, topP: 1 };
}

/** An instance whose caller has used tokens already, `promptTokens` of them for the last prompt. */
function used(
  tokens: number,
  tokenLimit = 25_000,
  { promptTokens = 0, ...options }: SimulatorOptions & { promptTokens?: number } = {},
): Play {
  return {
    options: { ...options, tokenLimit },
    before: async ({ simulator, send }) => {
      if (tokens === 0) return;
      simulator.enqueue({ text: ["x"], usage: { promptTokens, completionTokens: tokens - promptTokens } });
      await send("/api/chat/", { body: chat() });
    },
  };
}

/** Recordings that need more than their own bytes: numbers below 500 are of generation A. */
export const PLAYS: Readonly<Record<number, Play>> = {
  21: secondsLeft(121),
  22: secondsLeft(120),
  23: secondsLeft(60),
  26: keepCookie,
  27: keepCookie,
  28: keepCookie,
  34: refreshes(0),
  35: refreshes(1000),
  43: failingBackEnd,
  55: {
    before: ({ simulator }) => {
      simulator.setModels(recordedModels("A").map((model) => ({ ...model, available: true })));
    },
  },
  57: failingBackEnd,
  58: failingBackEnd,
  59: keepCookie,
  184: keepCookie,
  185: keepCookie,
  330: jobs(["J", "pending"]),
  331: jobs(["J", "processing"]),
  332: jobs(["J", "succeeded"]),
  333: jobs(["J", "failed"]),
  334: jobs(["J", "waiting"]),
  336: jobs(["nope", "broken"]),
  337: jobs(["nope", 404]),
  340: jobs(["A", "pending"], ["B", "succeeded"]),
  341: jobs(["A", "pending"]),
  342: jobs(["A", 500]),
  344: jobs(["A", "broken"]),
  350: jobs(["J", "succeeded"]),
  355: jobs(["J", "succeeded"]),
  408: secondsLeft(3, 20),
  410: keepCookie,
  421: failingBackEnd,
  425: jobs(["J", "broken"]),

  548: failingBackEnd,
  549: failingBackEnd,
  551: failingBackEnd,
  559: failingBackEnd,
  572: used(1800),
  579: used(24_999),
  580: used(25_000),
  581: used(25_000),
  582: used(31_234),
  583: used(25_000),
  584: used(25_000),
  585: used(25_000),
  586: used(25_000),
  587: used(25_000),
  588: used(25_000),
  589: used(25_000),
  590: used(25_000),
  600: used(0, 100),
  601: used(0, 100),
  602: used(123, 100),
  603: used(123, 100, { promptTokens: 100 }),
  657: keepCookie,
  658: keepCookie,
  659: secondsLeft(2),
  707: keepCookie,
  708: keepCookie,
  720: failingBackEnd,
  722: failingBackEnd,
  723: failingBackEnd,
  726: jobs(["J", "broken"]),
  730: databaseDown,
  732: databaseDown,
  733: databaseDown,
  734: databaseDown,
  752: used(25_000, 25_000, { instance: "no-accounts" }),
  775: failingBackEnd,
  776: failingBackEnd,
};

/** What an instance was started with, by the number of the recording. */
export function instanceOptions(number: number): SimulatorOptions {
  const withToken = (number >= 400 && number <= 410) || (number >= 700 && number <= 708);
  if (withToken) return { accessToken: ACCESS_TOKEN, sessionSeconds: 20 };
  if (number >= 570 && number < 600) return { tokenLimit: 25_000 };
  if (number >= 750 && number < 760) return { instance: "no-accounts" };
  if (number >= 760) return { instance: "standalone", models: recordedBackEndModels() };
  return {};
}

/** Recordings whose bytes are not compared, and why. */
export const NOT_PLAYED: Readonly<Record<number, string>> = {
  54: "A's list of a back end that calls itself a proxy: no live instance does",
  56: "a back end that lists nothing at all",
  156: "the recorded client gave up in the middle; pacing and leaving have tests of their own",
  159: "the recorded client left in the middle; leaving has tests of its own",
  160: "the recorded client left in the middle; leaving has tests of its own",
  162: "no reply at all: the recorded client gave up",
  343: "an image back end that answers something else than a list",
  350: "the picture's bytes are ours; head and length of life are compared in another test",
  353: "an image server that fails behind a working app",
  356: "a hole of the app (paths in file names) that is left out on purpose",
  381: "the app's own web page",
  423: "health of an app whose both back ends are down",
  424: "an image server that is down",
  430: "Redis down: half a minute of silence, then an empty 500",
  431: "Redis down",
  432: "Redis down",
  578: "the recorded client left in the middle; leaving has tests of its own",
  591: "a conversation that was counted for its share, but not for the limit",
  660: "accounts",
  661: "accounts",
  662: "accounts",
  663: "accounts",
  664: "robots.txt",
  724: "health of an app whose both back ends are down",
  725: "an image server that is down",
  731: "the port of the database that was down is in it",
  740: "Redis down",
  741: "Redis down",
  742: "Redis down",
};
