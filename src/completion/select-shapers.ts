import type { Capabilities } from "../model/capabilities.ts";
import type { ChatRequest, ReasoningMode } from "../model/request.ts";
import { usesTools } from "../shaping/lower.ts";
import { constrainJson } from "../shaping/constrain-json.ts";
import { limitTokens } from "../shaping/limit-tokens.ts";
import { dropReasoning, inlineReasoning } from "../shaping/reasoning-mode.ts";
import type { SchemaWork } from "../shaping/schema/schema-work.ts";
import type { Shaper } from "../shaping/shaper.ts";
import { splitThinking } from "../shaping/split-thinking.ts";
import { stopAtSequences } from "../shaping/stop-at-sequences.ts";
import { omitsOpeningTag, writesHarmony } from "../shaping/thinking-tags.ts";
import { createEdgeShaper, createToolShapers, type ArgumentsMode } from "../shaping/tools/index.ts";
import type { TaughtTools } from "./teach-tools.ts";

/** More than the tags around thinking count; most of them are the server's, not the model's. */
const tagTokens = 32;

/**
 * An upstream that keeps a limit itself counts by the model's own tokens, of which a text may have a fraction of ours. Only one
 * that does not keep it at all is stopped.
 */
const looseLimit = (limit: number): number => limit * 10 + 2048;

/** What readers are chosen by. */
export interface ReadingOptions {
  /** The upstream's model id. */
  readonly model: string;
  readonly can: Capabilities;
  /** The client sees the answer only at its end. */
  readonly whole: boolean;
}

/**
 * The shapers that find reasoning and limit the length: what they let pass is what counts as the answer. Where the client
 * sees the answer only at its end (`whole`), waiting for a closing tag costs nothing, except where a stop sequence may end
 * the answer early; and nothing is seen of an answer before its JSON.
 * Streamed JSON waits only for its first line, unless more than a line that leads to it stands before.
 */
export function createReaders(request: ChatRequest, { model, can, whole }: ReadingOptions): Shaper[] {
  const isJson = request.responseFormat.kind !== "text";
  const mayWait = isJson || (whole && request.stopSequences.length === 0);
  // What its server takes out of the text, tags and all, is not waited for.
  const isKnown = can.reasoning !== "native" && omitsOpeningTag(model);
  const mayOmitOpening = mayWait || isKnown;
  const splitter = splitThinking({
    mayOmitOpening,
    untilJson: isJson && !whole && !isKnown,
    harmony: writesHarmony(model),
    endsInJson: isJson,
    isAlone: !isJson && !isKnown && !usesTools(request),
  });
  const wanted = request.maxOutputTokens;
  if (wanted === undefined) return [splitter];
  const limit = can.outputLimit === "native" ? looseLimit(wanted) : wanted;
  // What the splitter holds back must be counted while it comes, with its tags, if it has some; what it lets pass is
  // counted without.
  const most = isKnown ? limit : limit + tagTokens;
  const before = mayOmitOpening ? [limitTokens({ limit: most, model })] : [];
  return [...before, splitter, limitTokens({ limit, model })];
}

/** What decides how answers are shaped. */
export interface ShapingOptions extends ReadingOptions {
  readonly reasoning: ReasoningMode;
  readonly argumentsMode: ArgumentsMode;
  readonly newCallId: () => string;
  /** Of the conversation so far. Shared by all turns of one answer, which add theirs. */
  readonly usedCallIds?: Set<string>;
  /** Shared by all that is made of one client request. */
  readonly work: SchemaWork;
  readonly taught: Pick<TaughtTools, "shortened" | "onMisfit">;
}

/** The shapers that make of text what the request asks for. Throws `invalid-request` for a wrong JSON schema. */
export function createShapers(request: ChatRequest, options: ShapingOptions): Shaper[] {
  const format = request.responseFormat;
  const shapers: Shaper[] = [];
  const { model, newCallId, work, taught } = options;
  if (!usesTools(request)) shapers.push(createEdgeShaper(model));
  else {
    const argumentsMode = options.whole ? "whole" : options.argumentsMode;
    // An answer says the same whether it is streamed or not.
    const keepsCut = options.argumentsMode === "stream";
    const { shortened, onMisfit } = taught;
    shapers.push(
      ...createToolShapers({
        request,
        model,
        native: options.can.tools === "native",
        usedCallIds: options.usedCallIds,
        argumentsMode,
        keepsCut,
        newCallId,
        work,
        shortened,
        onMisfit,
      }),
    );
  }
  if (format.kind !== "text")
    shapers.push(constrainJson({ format, hold: options.whole, work: options.work }));
  if (request.stopSequences.length > 0) shapers.push(stopAtSequences(request.stopSequences));
  if (options.reasoning === "drop") shapers.push(dropReasoning());
  // Tags in the text would break JSON that the client is going to parse.
  if (options.reasoning === "inline" && format.kind === "text") shapers.push(inlineReasoning());
  return shapers;
}
