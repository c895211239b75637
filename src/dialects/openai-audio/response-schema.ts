import { z } from "zod";

const usage = z.looseObject({}).optional().describe("Tokens or seconds, as the upstream counts them.");

/** A whole transcript. What else an upstream tells of it (`segments`, `words`, `duration`) passes, too. */
export const responseSchema = z.looseObject({ text: z.string(), usage });

/** The events of a streamed transcript. Source: OpenAI's reference, `TranscriptTextDeltaEvent` and its like. */
export const transcriptEvents = [
  z.looseObject({ type: z.literal("transcript.text.delta"), delta: z.string() }),
  z.looseObject({ type: z.literal("transcript.text.done"), text: z.string(), usage }),
];

/** The events of streamed speech. Source: OpenAI's reference, `SpeechAudioDeltaEvent` and its like. */
export const speechEvents = [
  z.looseObject({ type: z.literal("speech.audio.delta"), audio: z.string().describe("Base64.") }),
  z.looseObject({ type: z.literal("speech.audio.done"), usage }),
];
