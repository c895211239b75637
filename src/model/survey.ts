/** Questions that each process of the gateway answers for itself, where an answer for all of them is wanted. Answers are plain data. */
export interface Survey {
  /**
   * What this process answers to a question. `last`: what of it counts on when the process is gone, since it adds up what has been; default:
   * nothing.
   */
  answer(question: string, reply: () => unknown, last?: () => unknown): void;
  /** The answers of all others, and what is left of those that are gone. Who does not answer in time is left out. */
  ask(question: string): Promise<readonly unknown[]>;
  /** This process goes: leaves what counts on, and resolves when it is there. */
  leave(): Promise<void>;
}
