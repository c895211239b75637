import { ask, AskError, open } from "../../api/ask.ts";
import { type AnswerTurn, type Chat, type Lane, type Problem, type Turn } from "../../domain/chat/chat.ts";
import { createPartReader, type StreamPart } from "../../domain/chat/event-lines.ts";
import {
  addChunk,
  addPicture,
  endAnswer,
  readErrorFrame,
  readHead,
  readProgress,
} from "../../domain/chat/read-answer.ts";
import { toBody } from "../../domain/chat/to-body.ts";
import type { ImageBody } from "../../domain/snippets/snippet.ts";
import { access, askAccess } from "../../state/access.ts";
import { status } from "../../state/status.ts";
import { playgroundTexts } from "../../text/playground/index.ts";
import { announced, changeAnswer, changeLane, findChat, makeId, settleChat } from "./chat-state.ts";

/** So often an answer that comes is shown anew at most, in ms. */
const showMs = 50;

/** Those under way, and when they were asked, by `performance.now()`. */
const running = new Map<string, { readonly stop: AbortController; readonly began: number }>();

/** How long an answer has been under way, in ms; `undefined`: it is over. */
export function findRunningMs(answer: string): number | undefined {
  const one = running.get(answer);
  return one === undefined ? undefined : performance.now() - one.began;
}

/** Whether a model draws instead of writing. */
export function isDrawer(model: string): boolean {
  return status.value?.models.find(({ id }) => id === model)?.kind === "image";
}

/** What a drawer is asked: what was said last. */
export function toImageBody({ model, turns }: Lane): ImageBody {
  const last = turns.findLast((turn) => turn.kind === "user");
  return { model, prompt: last?.text ?? "", stream: true, response_format: "url" };
}

/** A stream whose head had to go out before anybody had answered does not name who does; the status does. */
function findUpstream(answer: AnswerTurn): AnswerTurn {
  if (answer.upstream !== undefined) return answer;
  const upstream = status.value?.open.find(({ id }) => id === answer.requestId)?.upstream ?? undefined;
  return upstream === undefined ? answer : { ...answer, upstream };
}

function begin(model: string): AnswerTurn {
  return { kind: "answer", id: makeId(), model, state: "waiting", thinking: "", text: "", calls: [] };
}

/** Takes parts of a stream into an answer, one after the other. */
interface Taking {
  answer: AnswerTurn;
  isWhole: boolean;
  problem: Problem | undefined;
}

function takeChat(taking: Taking, part: StreamPart, ms: number): void {
  if (part.kind === "comment") return;
  if (part.data === "[DONE]") {
    taking.isWhole = taking.problem === undefined;
    return;
  }
  const message = readErrorFrame(part.data);
  if (message === undefined) taking.answer = addChunk(taking.answer, part.data, ms);
  else taking.problem = { by: "error", message };
}

function takePicture(taking: Taking, part: StreamPart, ms: number, prompt: string): void {
  if (part.kind === "comment") {
    const progress = readProgress(part.text);
    if (progress !== undefined) taking.answer = { ...taking.answer, progress };
    return;
  }
  const message = readErrorFrame(part.data);
  if (message !== undefined) taking.problem = { by: "error", message };
  else taking.answer = addPicture(taking.answer, part.data, prompt, ms);
}

/** Reads a whole answer; `show` is called as it comes. Resolves when the stream is over, however; rejects when it breaks. */
async function read(response: Response, take: (part: StreamPart) => void, show: () => void): Promise<void> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const readParts = createPartReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const part of readParts(value)) take(part);
    show();
  }
}

/** So often, and after so many ms each, the ledger is asked for a request that has just ended. */
const chargeTries = 4;
const chargeWaitMs = 250;

/** What an answer that broke off has cost, from the ledger, which only the operator may read. */
async function readCharge(
  requestId: string,
): Promise<Pick<Problem, "charged"> & Pick<AnswerTurn, "upstream">> {
  if (access.value?.admin !== true || !access.value.ledger) return {};
  for (let tries = 0; tries < chargeTries; tries += 1) {
    // Of the newest, as one that is not there yet would be an error (404).
    const found = await ask<{ readonly data: readonly LedgerRow[] }>("admin/v1/requests?limit=50").catch(
      () => undefined,
    );
    const row = found?.data.find(({ id }) => id === requestId);
    if (row !== undefined)
      return {
        ...(row.upstream === null ? {} : { upstream: row.upstream }),
        ...(row.output_tokens === null
          ? {}
          : { charged: { tokens: row.output_tokens, estimated: row.estimated === true } }),
      };
    await new Promise((resolve) => setTimeout(resolve, chargeWaitMs));
  }
  return {};
}

/** What is read of a row of `GET /admin/v1/requests`. */
interface LedgerRow {
  readonly id: string;
  readonly upstream: string | null;
  readonly output_tokens: number | null;
  readonly estimated: boolean | null;
}

function announce(answer: AnswerTurn): void {
  const t = playgroundTexts.value;
  if (answer.state === "done")
    announced.value = answer.calls.length > 0 ? t.answerCalls(answer.model) : t.answerEnds(answer.model);
  else if (answer.state === "cut") announced.value = t.answerCut(answer.model);
  else if (answer.state === "failed") announced.value = t.answerFailed(answer.model);
}

function toProblem(error: unknown): Problem {
  if (error instanceof AskError && error.status === 401) void askAccess();
  if (error instanceof AskError) return { by: "error", message: error.message };
  return { by: "connection", message: error instanceof Error ? error.message : String(error) };
}

/** Asks for the next answer of a lane. Never rejects: what went wrong is told by the answer. */
export async function askAnswer(chatId: string, place: number): Promise<void> {
  const asked = findChat(chatId);
  const lane = asked?.lanes[place];
  if (asked === undefined || lane === undefined) return;
  const first = begin(lane.model);
  const stop = new AbortController();
  const began = performance.now();
  const ms = () => Math.round(performance.now() - began);
  const taking: Taking = { answer: first, isWhole: false, problem: undefined };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const put = () => {
    taking.answer = findUpstream(taking.answer);
    changeAnswer(chatId, place, first.id, () => taking.answer);
  };
  const show = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      put();
    }, showMs);
  };

  running.set(first.id, { stop, began });
  changeLane(chatId, place, (one) => ({ ...one, turns: [...one.turns, first] }));
  announced.value = playgroundTexts.value.answerBegins(lane.model);
  try {
    await follow(asked, lane, taking, { ms, show, signal: stop.signal });
  } catch (error) {
    if (!stop.signal.aborted) taking.problem = toProblem(error);
  }
  clearTimeout(timer);
  taking.answer = stop.signal.aborted
    ? { ...endAnswer(taking.answer, { ms: ms(), isWhole: true }), state: "stopped" }
    : endAnswer(taking.answer, {
        ms: ms(),
        isWhole: taking.isWhole,
        ...(taking.problem === undefined ? {} : { problem: taking.problem }),
      });
  running.delete(first.id);
  put();
  announce(taking.answer);
  void settleChat(chatId);
  const { state, requestId, problem } = taking.answer;
  if (state !== "cut" || requestId === undefined || problem === undefined) return;
  const { upstream, ...charge } = await readCharge(requestId);
  changeAnswer(chatId, place, first.id, (answer) => ({
    ...answer,
    ...(upstream === undefined ? {} : { upstream }),
    problem: { ...problem, ...charge },
  }));
}

interface Following {
  readonly ms: () => number;
  readonly show: () => void;
  readonly signal: AbortSignal;
}

async function follow(
  asked: Chat,
  lane: Lane,
  taking: Taking,
  { ms, show, signal }: Following,
): Promise<void> {
  const draws = isDrawer(lane.model);
  const image = toImageBody(lane);
  const isTraced = asked.settings.trace && access.value?.admin === true;
  const response = await open(draws ? "v1/images/generations" : "v1/chat/completions", {
    method: "POST",
    body: draws ? image : toBody(lane, asked.settings),
    headers: isTraced ? { "x-trace": "on" } : {},
    signal,
  });
  taking.answer = readHead(taking.answer, (name) => response.headers.get(name));
  show();
  if (!draws) return read(response, (part) => takeChat(taking, part, ms()), show);
  await read(response, (part) => takePicture(taking, part, ms(), image.prompt), show);
  // This stream has no mark at its end.
  taking.isWhole = taking.problem === undefined && taking.answer.text !== "";
}

/** Stops what is under way in a lane. */
export function stopAnswer({ turns }: Lane): void {
  const last: Turn | undefined = turns.at(-1);
  if (last?.kind === "answer") running.get(last.id)?.stop.abort();
}

/** Stops what is under way in a chat. */
export function stopAnswers({ lanes }: Chat): void {
  for (const lane of lanes) stopAnswer(lane);
}
