import { gatherText, toCallKey, type GatheredText } from "../shaping/tools/index.ts";

/** The calls that a client was given in the turns of one answer. */
export interface GivenCalls {
  /** A call of this tool is given. */
  begin(name: string): void;
  /** Adds to the arguments of the call that was begun last. */
  write(text: string): void;
  /** What was given until now was given by earlier turns. */
  nextTurn(): void;
  /** Whether an earlier turn gave a call of this tool. */
  mayRepeat(name: string): boolean;
  /** Whether an earlier turn gave the same call, and no other call of this turn was told to be its repeat. */
  repeats(name: string, argumentsJson: string): boolean;
}

interface GivenCall {
  readonly arguments: GatheredText;
  key?: string;
}

/** A class, since one is made for each request. */
class CallsOfAnswer implements GivenCalls {
  readonly #given: { readonly name: string; readonly call: GivenCall }[] = [];
  /** Of earlier turns, by the tool. */
  #earlier: Map<string, GivenCall[]> | undefined;

  begin(name: string): void {
    this.#given.push({ name, call: { arguments: gatherText() } });
  }

  write(text: string): void {
    this.#given.at(-1)?.call.arguments.add(text);
  }

  nextTurn(): void {
    const earlier = new Map<string, GivenCall[]>();
    for (const { name, call } of this.#given) {
      const calls = earlier.get(name) ?? [];
      calls.push(call);
      earlier.set(name, calls);
    }
    this.#earlier = earlier;
  }

  mayRepeat(name: string): boolean {
    return (this.#earlier?.get(name) ?? []).length > 0;
  }

  repeats(name: string, argumentsJson: string): boolean {
    const calls = this.#earlier?.get(name) ?? [];
    const key = toCallKey(argumentsJson);
    const at = calls.findIndex((call) => (call.key ??= toCallKey(call.arguments.text())) === key);
    if (at === -1) return false;
    calls.splice(at, 1);
    return true;
  }
}

/** Knows the calls of one answer. Arguments are compared as JSON, and only where a later turn calls the same tool. */
export function createGivenCalls(): GivenCalls {
  return new CallsOfAnswer();
}
