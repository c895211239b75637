import { GatewayError } from "../../errors.ts";
import type { Block, ChatResponse } from "../../model/collect.ts";
import type { FinishReason } from "../../model/events.ts";
import { addUsages } from "../add-usages.ts";
import { encodeFinishReason, type WireFinishReason } from "./encode-finish-reason.ts";
import { encodePart, type WireAnswerPart } from "./encode-part.ts";
import { encodeUsage, type WireUsage } from "./encode-usage.ts";

/** What answers have beside what the model said. */
export interface AnswerIdentity {
  readonly responseId: string;
  /** As `ParsedContent.bareEnum`. */
  readonly bareEnum: boolean;
}

/** One answer of a request. */
export interface WireCandidate {
  readonly content: { readonly parts: readonly WireAnswerPart[]; readonly role: "model" };
  readonly finishReason: WireFinishReason;
  readonly index: number;
}

/** `GenerateContentResponse`. Source: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
export interface WireAnswer {
  readonly candidates: readonly WireCandidate[];
  readonly usageMetadata: WireUsage;
  readonly modelVersion: string;
  readonly responseId: string;
}

/** The failure of an answer with a call that nobody can read; `undefined`: it was cut at its limit, which the finish says. */
export function judgeUnreadable(finish: FinishReason): GatewayError | undefined {
  if (finish.kind === "length") return undefined;
  return new GatewayError(
    "output-invalid",
    "The model called a function with arguments that are no JSON object.",
  );
}

function encodeParts(blocks: readonly Block[], finish: FinishReason, bareEnum: boolean): WireAnswerPart[] {
  const parts = blocks.flatMap((block) => {
    const part = encodePart(block, bareEnum);
    if (part !== undefined) return [part];
    const failure = judgeUnreadable(finish);
    if (failure !== undefined) throw failure;
    return [];
  });
  // Clients take a content without parts for an invalid one.
  return parts.length === 0 ? [{ text: "" }] : parts;
}

/** Encodes the answers to one request. Throws `output-invalid` for a call that nobody can read, unless the token limit cut it. */
export function encodeResponse(responses: readonly ChatResponse[], identity: AnswerIdentity): WireAnswer {
  return {
    candidates: responses.map(({ blocks, finish }, index) => ({
      content: { parts: encodeParts(blocks, finish, identity.bareEnum), role: "model" },
      finishReason: encodeFinishReason(finish),
      index,
    })),
    usageMetadata: encodeUsage(addUsages(responses.map(({ usage }) => usage))),
    modelVersion: responses[0]?.model ?? "",
    responseId: identity.responseId,
  };
}
