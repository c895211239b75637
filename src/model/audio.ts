import type { Usage } from "./events.ts";

/** A recording that a client sent. */
export interface AudioFile {
  /** With its ending, by which servers know the format. */
  readonly name: string;
  /** Its media type, as the client said it. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What is to be made: the words of a recording, the same in English, or speech of a text. */
export type AudioRequest =
  | {
      readonly kind: "transcription" | "translation";
      /** The upstream's own id. */
      readonly model: string;
      readonly file: AudioFile;
      /** All else that the client asks for, in OpenAI's words, some names more than once. */
      readonly fields: readonly (readonly [name: string, value: string])[];
    }
  | {
      readonly kind: "speech";
      readonly model: string;
      readonly input: string;
      /** Likewise. */
      readonly fields: Readonly<Record<string, unknown>>;
    };

/** A piece of an answer, as its upstream has written it. */
export interface AudioPiece {
  /** Of the whole answer. `text/event-stream`: its events are passed on. */
  readonly contentType: string;
  readonly bytes: readonly Uint8Array[];
  /** It is the last. */
  readonly ended: boolean;
  /** With the last: what the upstream counted. */
  readonly usage?: Usage | undefined;
}
