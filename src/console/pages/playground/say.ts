import { signal } from "@preact/signals";

import { type AnswerTurn, isDue, listOpenCalls, type Turn, type UserTurn } from "../../domain/chat/chat.ts";
import { askAnswer, stopAnswer, stopAnswers } from "./ask-answer.ts";
import { changeAnswer, changeChat, changeLane, chat, findChat, makeId } from "./chat-state.ts";

/** What is being typed: a text, and pictures as data URLs. */
export interface Draft {
  readonly text: string;
  readonly images: readonly string[];
}

/** What is being typed now. */
export const draft = signal<Draft>({ text: "", images: [] });

/** Whether there is anything to send. */
export function hasWords({ text, images }: Draft): boolean {
  return text.trim() !== "" || images.length > 0;
}

function askAll(id: string): void {
  for (const place of findChat(id)?.lanes.keys() ?? []) void askAnswer(id, place);
}

/** Says what was typed to all models of the chat that is shown; where nothing was, asks those that are to say something. */
export function sendDraft(): void {
  const { text, images } = draft.value;
  const { id, lanes } = chat.value;
  if (!hasWords(draft.value)) {
    for (const [place, lane] of lanes.entries()) if (isDue(lane)) void askAnswer(id, place);
    return;
  }
  const turn: UserTurn = { kind: "user", id: makeId(), text: text.trim(), images };
  draft.value = { text: "", images: [] };
  changeChat(id, (one) => ({
    ...one,
    at: Date.now(),
    lanes: one.lanes.map((lane) => ({ ...lane, turns: [...lane.turns, turn] })),
  }));
  askAll(id);
}

/** Says something else in the place of what was said, and forgets what came of that; nobody waits any more for what is still answered. */
export function resend(said: UserTurn, text: string): void {
  const { id } = chat.value;
  stopAnswers(chat.value);
  const turn: UserTurn = { ...said, id: makeId(), text: text.trim() };
  changeChat(id, (one) => ({
    ...one,
    at: Date.now(),
    lanes: one.lanes.map((lane) => {
      const place = lane.turns.findIndex((other) => other.id === said.id);
      return place < 0 ? lane : { ...lane, turns: [...lane.turns.slice(0, place), turn] };
    }),
  }));
  askAll(id);
}

/** Asks for another answer in the place of one, of all that a tool or a break made it of, and of all behind it. */
export function askAgain(place: number, answer: AnswerTurn): void {
  const { id, lanes } = chat.value;
  const asked = lanes[place];
  if (asked !== undefined) stopAnswer(asked);
  changeLane(id, place, (lane) => {
    const before = lane.turns.slice(0, lane.turns.indexOf(answer));
    return { ...lane, turns: before.slice(0, before.findLastIndex(({ kind }) => kind === "user") + 1) };
  });
  void askAnswer(id, place);
}

/** Has an answer that broke off go on from its last word. */
export function goOn(place: number, answer: AnswerTurn): void {
  const { id } = chat.value;
  changeAnswer(id, place, answer.id, (one) => ({ ...one, isContinued: true }));
  void askAnswer(id, place);
}

/** Tells the model what came of a call; when all of an answer's calls are told, the model is asked. */
export function answerCall(
  place: number,
  answer: AnswerTurn,
  callId: string,
  told: { readonly result: string; readonly isError: boolean; readonly afterMs: number },
): void {
  const { id } = chat.value;
  changeAnswer(id, place, answer.id, (one) => ({
    ...one,
    calls: one.calls.map((call) => (call.id === callId ? { ...call, ...told } : call)),
  }));
  const lane = findChat(id)?.lanes[place];
  const last: Turn | undefined = lane?.turns.at(-1);
  if (lane !== undefined && last?.id === answer.id && listOpenCalls(lane).length === 0)
    void askAnswer(id, place);
}
