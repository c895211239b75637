import type { Survey } from "../model/survey.ts";
import type { Channel } from "../stream/channel.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";

/** A process that is stuck shall not keep the answers of the others. */
const patienceMs = 2000;

type Answers = Readonly<Record<string, unknown>>;

type ToRelay =
  | { readonly ask: number; readonly question: string }
  | { readonly answer: number; readonly value?: unknown }
  /** It goes, and leaves these. */
  | { readonly ask: number; readonly last: Answers };

type FromRelay =
  | { readonly question: string; readonly id: number }
  | { readonly answers: readonly unknown[]; readonly ask: number };

/** Creates the survey of a worker. `channel` leads to a relay. */
export function createSurvey(channel: Channel): Survey {
  const replies = new Map<
    string,
    { readonly reply: () => unknown; readonly last: (() => unknown) | undefined }
  >();
  const waiting = new Map<number, (answers: readonly unknown[]) => void>();
  let asked = 0;
  let isAlone = false;
  const say = (message: ToRelay) => channel.send(message);

  function ask(
    what: { readonly question: string } | { readonly last: Answers },
  ): Promise<readonly unknown[]> {
    asked += 1;
    const id = asked;
    const answers = new Promise<readonly unknown[]>((resolve) => waiting.set(id, resolve));
    say({ ask: id, ...what });
    return answers;
  }

  async function answer(id: number, question: string): Promise<void> {
    // Who does not know the question has no answer to it; so has who fails.
    const value = await Promise.resolve(replies.get(question)?.reply()).catch(() => undefined);
    say({ answer: id, value });
  }

  channel.onMessage((message) => {
    // Ours is on the other side.
    const told = message as FromRelay;
    if ("question" in told) void answer(told.id, told.question);
    else {
      waiting.get(told.ask)?.(told.answers);
      waiting.delete(told.ask);
    }
  });
  channel.onClose(() => {
    isAlone = true;
    for (const resolve of waiting.values()) resolve([]);
    waiting.clear();
  });

  return {
    answer: (question, reply, last) => void replies.set(question, { reply, last }),
    ask: async (question) => (isAlone ? [] : ask({ question })),
    async leave() {
      const known = await Promise.all(
        [...replies].map(async ([question, { last }]) => [question, await last?.()] as const),
      );
      const last = Object.fromEntries(known.filter(([, value]) => value !== undefined));
      if (!isAlone) await ask({ last });
    },
  };
}

/** Asks all processes what one of them wants to know. */
export interface SurveyRelay {
  join(channel: Channel): void;
}

/** Creates the relay. `merge` makes one of two answers that processes have left, so that they don't grow with each that went. */
export function createSurveyRelay(
  startTimer: StartTimer,
  merge: Readonly<Record<string, (one: unknown, other: unknown) => unknown>>,
): SurveyRelay {
  const channels = new Set<Channel>();
  const open = new Map<number, { readonly question: string; add(from: Channel, value: unknown): void }>();
  /** Of those that are gone, by question. */
  const left = new Map<string, unknown>();
  let last = 0;

  function ask(asker: Channel, asks: number, question: string): void {
    last += 1;
    const id = last;
    const others = [...channels].filter((channel) => channel !== asker);
    const missing = new Set(others);
    const answers: unknown[] = left.has(question) ? [left.get(question)] : [];
    const stopTimer = startTimer(patienceMs, finish);

    function finish(): void {
      stopTimer();
      open.delete(id);
      say(asker, { answers, ask: asks });
    }

    open.set(id, {
      question,
      add(from, value) {
        if (!missing.delete(from)) return;
        if (value !== undefined) answers.push(value);
        if (missing.size === 0) finish();
      },
    });
    for (const other of others) say(other, { question, id });
    if (missing.size === 0) finish();
  }

  function keep(answers: Answers): void {
    for (const [question, value] of Object.entries(answers)) {
      const join = merge[question];
      if (join !== undefined)
        left.set(question, left.has(question) ? join(left.get(question), value) : value);
    }
  }

  /** What it leaves is its answer to what it is asked just now: else it would be missing there, and counters would fall. */
  function leave(channel: Channel, answers: Answers): void {
    channels.delete(channel);
    for (const one of open.values()) one.add(channel, answers[one.question]);
  }

  return {
    join(channel) {
      channels.add(channel);
      channel.onMessage((message) => {
        // Ours is on the other side.
        const told = message as ToRelay;
        if ("answer" in told) open.get(told.answer)?.add(channel, told.value);
        else if ("question" in told) ask(channel, told.ask, told.question);
        else {
          // From now on it counts by what it has left.
          leave(channel, told.last);
          keep(told.last);
          say(channel, { answers: [], ask: told.ask });
        }
      });
      channel.onClose(() => leave(channel, {}));
    },
  };
}

function say(channel: Channel, message: FromRelay): void {
  channel.send(message);
}
