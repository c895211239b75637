import type { FailureReason } from "./failure.ts";

/** Words and labels (code, type) by which servers name a reason. */
interface Wording {
  readonly reason: FailureReason;
  readonly pattern: RegExp;
}

/** Limits of a time speak of tokens, too, and of what is too large. */
const limitOfTime =
  /rate.?limit|too many requests|(?:tokens|requests) per (?:min|hour|day|second)|\b[TR]P[MD]\b|resource.?exhausted|throttl/i;

/** The prompt is too long. Sources: vLLM, SGLang, llama.cpp, Ollama, LM Studio, TGI and the hosts behind routers. */
const contextLength = new RegExp(
  [
    "exceed_context_size",
    "context_length_exceeded",
    "context_window_exceeded",
    "maximum context length",
    "(?:model|endpoint)'?s? (?:maximum )?context (?:length|window|size)",
    "context length (?:is|of) (?:only )?\\d",
    "longer than the (?:model's context length|maximum model length)",
    "exceeds? the (?:maximum allowed length|available context size|context (?:window|length|size|limit)|model's (?:maximum )?context)",
    "(?:larger|greater|longer) than the (?:max(?:imum)? )?context (?:size|length|window)",
    "context size has been exceeded",
    "context length currently available",
    "loaded with context length",
    ".inputs. (?:tokens \\+ .max_new_tokens.|must have less than)",
    "(?:prompt|input) is too long",
    "prompt too long",
    "input length and .?max_tokens.? exceed",
    "input token count.{0,40} exceeds",
    "exceeds the maximum number of tokens allowed",
    "maximum (?:prompt|input) length",
    "exceeded model token limit",
    "too large for model with \\d+ maximum",
    "range of input length should be",
    "context (?:window|length) (?:exceeds|exceeded|overflow)",
    "reduce the length of the (?:messages|input|prompt)",
    "string_above_max_length",
  ].join("|"),
  "i",
);

/** Only the answer is too long. */
const outputBudget = new RegExp(
  [
    "max(?:_completion|_new|_output)?_?tokens\\W{0,3}(?: or \\W?max_completion_tokens\\W?)? (?:is|are) too large",
    // TGI names both when the prompt is too long: "`inputs` tokens + `max_new_tokens` must be".
    "(?<!\\+ .)max(?:_completion|_new|_output)?_?tokens\\W{0,3} ?must be (?:<=|less than|at most|between)",
    "(?:valid )?range of max(?:_completion|_output)?_?tokens",
    "invalid max_tokens value",
    "max_tokens: \\d+ > \\d+",
    "maximum allowed number of output tokens",
  ].join("|"),
  "i",
);

/**
 * The first match tells. What is exact stands before what is vague: "does not support tools" is a 400, a 404 or a 500,
 * and "image input is not supported" a 500.
 */
const wordings: readonly Wording[] = [
  {
    reason: "credit",
    pattern:
      /insufficient.?(?:credits?|quota|balance|funds)|exceeded your current quota|out of credits|no credits? left|payment.?required|(?:credit|account) balance|billing.?(?:hard|limit|not)|can only afford/i,
  },
  {
    reason: "tools-unsupported",
    pattern:
      /tool-call-parser|enable-auto-tool-choice|(?:not|n't) support(?:ed)? (?:for )?(?:native )?(?:tools?\b|tool.?(?:use|calls?|calling)|functions?\b|function.?call)|(?<!parallel.)(?:\btools?|tool.?(?:use|calls?|calling)|function.?call(?:s|ing)?)\W{0,2} (?:is|are|(?:param|parameter|field) is) (?:not|currently not|un) ?(?:supported|enabled|available)|support(?:s)? tool use|tools param requires --jinja|--jinja flag/i,
  },
  {
    reason: "reasoning-unsupported",
    pattern:
      /(?:not|n't) support (?:the )?(?:thinking|reasoning)|(?:thinking|reasoning)(?:.?effort|.?content)?\W{0,2} (?:is|are) not supported|unsupported (?:parameter|value)\W{0,3}reasoning|(?:thinking|reasoning)\w* (?:values?|mode|level)? ?(?:is )?not supported/i,
  },
  {
    reason: "output-unparsable",
    pattern:
      /output that does not match the expected|grammar stack|error parsing tool call|failed to parse (?:the )?(?:model|tool|function|generated|input at pos)|malformed.?function.?call|tool_use_failed|failed to call a function/i,
  },
  {
    reason: "loading",
    pattern:
      /loading model|model (?:\S{1,200} )?is (?:currently |still )?(?:being )?load(?:ing|ed)\b(?! with)|still (?:loading|starting)|warming up|cold start|model.{0,40} not ready|not yet ready/i,
  },
  {
    reason: "content-filtered",
    pattern:
      /content.?(?:management|policy|filter)|data.?inspection|flagged by|requires moderation|responsible.?ai|safety.?(?:system|filter)/i,
  },
];

const modelNotFound =
  /model.?not.?found|\bmodels? .{0,200}(?:(?:does|do) not exist|not found|is not (?:available|served|deployed)|isn't available)|not a valid model|(?:unknown|no such|invalid) model|invalid model.?name|no endpoints found|no models? (?:is |are )?loaded|not found, try pulling/i;

const notSupported =
  /unexpected endpoint|(?:image|audio|video|vision|multimodal)\S{0,10} (?:input|content|data)?s? ?(?:is|are) not supported|at most 0 (?:image|audio|video)|(?:not|n't) (?:a )?(?:support |multimodal )(?:images?|vision|image|audio|video|chat|generate|embedding|model|multimodal)|not a multimodal|not.?implemented|not_supported|mmproj|no endpoints found that support (?:image|audio)/i;

const overloaded =
  /overloaded|server (?:is )?busy|maximum pending requests|no (?:healthy |available )?back.?ends?|back.?ends? (?:is |are )?(?:un|not )available|no (?:available|healthy) (?:server|worker|instance|deployment)|at capacity|over capacity|no capacity|queue (?:is )?full|high demand/i;

/** Whether the words speak of too many requests or tokens in a time. */
export function speaksOfRate(words: string): boolean {
  return limitOfTime.test(words);
}

const limitOfModel = /\b(?:for|of|on|in) (?:the |this )?model\b|rate.?limited upstream/i;
const modelRefusal =
  /\bmodels?\b.{0,200}(?:not (?:allowed|permitted|authori[sz]ed|enabled)|no access|access denied|forbidden)|(?:not (?:allowed|permitted|authori[sz]ed)|no (?:access|permission)|(?:does not|doesn't|do not) have access|can only access|access denied).{0,60}\bmodels?\b/i;

/** Whether a limit that the words speak of is that of one model. */
export function speaksOfOneModel(words: string): boolean {
  return limitOfModel.test(words);
}

/** Whether the words say that the key may use other models. */
export function speaksOfModelRefusal(words: string): boolean {
  return modelRefusal.test(words);
}

/** Whether the words speak of too little room or too many requests at the server. */
export function speaksOfLoad(words: string): boolean {
  return overloaded.test(words);
}

/** Whether what the words refuse is a matter of the model. */
export function speaksOfAbility(words: string): boolean {
  return /\b(?:multimodal|images?|vision|audio|video|embeddings?|chat|generat\w*|mmproj)\b/i.test(words);
}

/** Whether the words of a 404 say nothing but that. */
export function isBareNotFound(words: string): boolean {
  return /^\W*(?:(?:404|error|page|file|path|route|url|resource|the requested (?:url|resource)|was|is|not|found|no|such|cannot (?:post|get) \S+)\W*)*$/i.test(
    words,
  );
}

/** Whether the words say that there is no such model. */
export function speaksOfMissingModel(words: string): boolean {
  return modelNotFound.test(words);
}

/** The reason that the words name, whatever the status; `undefined` if they name none. */
export function findReason(words: string): FailureReason | undefined {
  if (!limitOfTime.test(words)) {
    if (outputBudget.test(words)) return "output-budget";
    if (contextLength.test(words)) return "context-length";
  }
  const found = wordings.find(({ pattern }) => pattern.test(words))?.reason;
  if (found !== undefined) return found;
  return notSupported.test(words) ? "not-supported" : undefined;
}
