const keys = [
  // Keys by their usual prefixes, also masked ones (`sk-...abcd`).
  /\b(?:sk|pk|rk|akml|hf|gsk|ghp|xox[bp])[-_](?:[\w-]*(?:\.{2,}|\*{2,})[\w-]*|[\w-]{16,})/gi,
  /\bBearer\s+[\w.~+/=-]{6,}/gi,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g,
  /\b(?:[a-f0-9]{32,}|(?=[A-Za-z\d]*\d)(?=[A-Za-z\d]*[A-Z])(?=[A-Za-z\d]*[a-z])[A-Za-z\d]{36,})\b/g,
];
const addresses = [
  /\b[a-z][a-z\d+.-]{1,9}:\/\/[^\s"'<>)\]}]+/gi,
  /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b/g,
  /\[[0-9a-f]*:[0-9a-f:]+\](?::\d{1,5})?/gi,
  /(?<![\w:])(?=[0-9a-f:]{0,40}::)[0-9a-f:]{3,40}(?![\w:])/gi,
  /\b[\w-]+(?:\.[\w-]+)*\.(?:internal|local|lan|svc|cluster)\b(?::\d{1,5})?/gi,
  /\blocalhost:\d{1,5}\b/gi,
];
/** What the application quotes of a request that it does not accept: the caller's own messages. */
const quotedPrompt = /(invalid prompt:[\s\S]{0,300}?)\s*(?:value|messages\[\d+\]):[\s\S]*$/i;
const maxLength = 600;

/**
 * Makes a back end's own words fit for an API user: keys and internal addresses are blotted out, HTML is
 * replaced, and quoted prompts are cut off. The result may be logged.
 */
export function redact(text: string): string {
  // Cut first, so that no pattern runs over a text of any length.
  let clean = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  clean = clean
    .replace(/<(?:!doctype|html|head|body)\b[\s\S]*$/i, "[a web page]")
    .replace(quotedPrompt, "$1");
  for (const pattern of keys) clean = clean.replace(pattern, "[key]");
  for (const pattern of addresses) clean = clean.replace(pattern, "[address]");
  return clean;
}
