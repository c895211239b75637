type Rule = readonly [pattern: RegExp, replacement: string];

/** Where the words of prompts and answers stand in the bodies of every API. */
const wordy =
  "content|text|prompt|system|instructions|input|output|arguments|reasoning|reasoning_content|file_data|filename";

/** What the application, its SDK and other servers quote of requests and answers: nobody's to see but the caller's. */
const quotes: readonly Rule[] = [
  // A body, or a part of one, as JSON or as Python writes it; what is not quoted to its end, too.
  [
    new RegExp(
      String.raw`((["'])(?:${wordy})\2\s{0,3}:\s{0,3})(?:"(?:[^"\\]|\\[\s\S])*(?:"|$)|'(?:[^'\\]|\\[\s\S])*(?:'|$))`,
      "g",
    ),
    "$1[text]",
  ],
  [
    /("name"\s{0,3}:\s{0,3}"[^"\n]{0,100}",\s{0,3}"description"\s{0,3}:\s{0,3})"(?:[^"\\]|\\[\s\S])*(?:"|$)/g,
    "$1[text]",
  ],
  // The same as JSON inside of JSON.
  [
    new RegExp(String.raw`((\\{1,3}")(?:${wordy})\2\s{0,3}:\s{0,3})\2(?:(?!(?<!\\)\2)[\s\S])*(?:\2|$)`, "g"),
    "$1[text]",
  ],
  [/<(?:!doctype|html|head|body)\b[\s\S]*$/i, "[a web page]"],
  [/(invalid prompt:[\s\S]{0,300}?)\s*(?:value|messages\[\d+\]):[\s\S]*$/i, "$1"],
  [
    /((?:json parsing|type validation) failed):\s*(?:text|value):[\s\S]*?(?:\.?\n(?=error message:)|$)/gi,
    "$1. ",
  ],
];

const keys: readonly Rule[] = [
  [/-----BEGIN [A-Z ]{1,40}-----[\s\S]*?(?:-----END [A-Z ]{1,40}-----|$)/g, "[key]"],
  // The end of one whose beginning is not quoted.
  [
    /(?<![A-Za-z\d+/=])(?:[A-Za-z\d+/=]{16,}(?:\s|\\n){1,3}){0,40}[A-Za-z\d+/=]{1,100}(?:\s|\\n){0,3}-----END [A-Z ]{1,40}-----/g,
    "[key]",
  ],
  // Keys by their usual prefixes, also masked ones (`sk-...abcd`).
  [
    /\b(?:sk|pk|rk|akml|hf|gsk|gh[oprsu]|github_pat|glpat|nvapi|xai|xox[abeprs]|xapp|npm|pypi|whsec|do[op]_v1|pplx|r8|tvly|shp(?:at|ss)|sntry[su])[-_](?:[\w-]*(?:\.{2,}|\*{2,})[\w-]*|[\w-]{16,})/gi,
    "[key]",
  ],
  [/\b(?:AKIA|ASIA)[A-Z\d]{12,}\b/g, "[key]"],
  [/\b(?:SG|ya29)\.[\w-]{8,}(?:\.[\w-]+)*/g, "[key]"],
  [/\bBearer:?\s+(?!(?:auth\w*|tokens?|scheme|realm|required)\b)[\w.~+/=-]{6,}/gi, "[key]"],
  [/\b[Bb]asic\s+(?=[\w+/]*[A-Z\d+/=])[\w+/]{6,}={0,2}/g, "[key]"],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g, "[key]"],
  [
    /(?<![A-Za-z\d])(?:[a-f\d]{32,}|[A-F\d]{32,}|(?=[A-Za-z\d]*\d)(?=[A-Za-z\d]*[A-Z])(?=[A-Za-z\d]*[a-z])(?:[A-Fa-f\d]{32,}|[A-Za-z\d]{36,}))(?![A-Za-z\d])/g,
    "[key]",
  ],
  // The same in base64; model ids have hyphens.
  [
    /(?<![\w+/.-])(?=[A-Za-z+/]*\d)(?=[a-z\d+/]*[A-Z])(?=[A-Z\d+/]*[a-z])[A-Za-z\d+/]{40,}={0,2}(?![\w-])/g,
    "[key]",
  ],
];

/** A name's end and the quotes behind it, in JSON inside of JSON or in an address, too. */
const nameEnd = String.raw`(?:[_-]?(?:key|value|hash))?(?:\\{0,4}["'\`]|%2[27])?\s{0,3}`;
const equals = String.raw`${nameEnd}(?:=>?|%3D)\s{0,3}`;
const is = String.raw`${nameEnd}(?:=>?|:|%3[AD])\s{0,3}`;
/** Calls and lists that a value is wrapped in: `SecretStr('…')`. */
const wrapped = String.raw`(?:[a-z][\w.]{0,30}\(|\((?!\[)|\[(?!(?:key|address|path|stack)\]))?[bruf]{0,2}`;
const quoted = String.raw`\\{1,4}"[^"\n]{4,}"?|"(?:[^"\\\n]|\\.){4,}"?|'(?:[^'\\\n]|\\.){4,}'?`;
const short = String.raw`\\{1,4}"[^"\n]*"?|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?`;
/** Not `[`: what is blotted out already stays. A comma is part of a value if no blank follows. */
const bare = String.raw`(?:[^\s"'&;,<>()[\]{}\`\\]|,(?=[^\s"']))`;
/** Words that are about a value. */
const plain = String.raw`(?!(?:an?|are|cannot|does|empty|expected|expired|failed|false|has|integer|invalid|is|malformed|may|missing|must|nil|no|none|not|null|number|object|or|required|should|string|the|to|too|true|undefined|unknown|unset|was|wrong)[.,;:]?(?:[\s"')\]}]|$))`;
/** A whole name, not the last part of a path. */
const before = String.raw`((?<![\w/.-])[\w.-]{0,60}?`;
/** Names that mean nothing but a secret. */
const strong = String.raw`(?:passw(?:or)?[dt]|passphrase|pwd|(?<=[a-z\d][_-])pass|db_?pass|secret|credentials?|(?:api|access|account|private)[ _-]?key(?: provided)?)`;
/** Names that are also words of honest errors: their values must look like secrets. */
const weak = String.raw`(?:token|auth|authorization|cookies?|pass|session(?:[_-]?id)?|sig|signature|jwt|dsn|connection[ _-]?string)`;
/** Counts, also of tokens: `max_token=4096`. */
const counted = String.raw`(?!\d{1,7}(?!\w))`;
/** Letters and digits, as few words have. */
const mixed = String.raw`(?=[^\s"'<]{0,60}\d)(?=[^\s"'<]{0,60}[a-z])${bare}{6,}`;
/** Variables of an environment. */
const variable = String.raw`(?:[A-Z][A-Z\d]*_[A-Z\d_]+|PATH|HOME|PWD|HOSTNAME|USER)`;

const secrets: readonly Rule[] = [
  [new RegExp(String.raw`\b((?:set-)?cookie"?:\s{0,3})${plain}\S[^\n]*`, "gi"), "$1[secret]"],
  [/\b(cookies?["']?\s{0,3}[:=]\s{0,3})\{[^}\n]*\}?/gi, "$1[secret]"],
  // The value of this header has blanks: its scheme stands first.
  [
    /\b((?:proxy-)?authorization\\{0,4}["']?\s{0,3}[:=]\s{0,3}\\{0,4}["']?)[\w-]{3,20} (?=[^\s"']*[\d=])[^\n"'\\]+/gi,
    "$1[secret]",
  ],
  [new RegExp(String.raw`(<[\w:.-]{0,40}(?:${strong}|${weak})>)[^<]{1,600}(?=</)`, "gi"), "$1[secret]"],
  [
    new RegExp(String.raw`${before}${strong}${is})${plain}${wrapped}(?:${short}|${bare}+)`, "gi"),
    "$1[secret]",
  ],
  [new RegExp(String.raw`${before}${weak}${is})${plain}(?:${quoted})`, "gi"), "$1[secret]"],
  [new RegExp(String.raw`${before}${weak}${equals})${plain}${counted}${bare}{4,}`, "gi"), "$1[secret]"],
  [new RegExp(String.raw`${before}${weak}${is})${counted}(?=[^\s"']*\d)${bare}{6,}`, "gi"), "$1[secret]"],
  // In a sentence or a command: `password 'x'`, `API key ab12cd is wrong`, `--password x`.
  [
    new RegExp(
      String.raw`((?<![\w-])--[\w-]{0,40}?(?:${strong}|${weak})\s)${plain}(?:${short}|${bare}+)`,
      "gi",
    ),
    "$1[secret]",
  ],
  [new RegExp(String.raw`\b(${strong}(?: (?:is|was|of))?\s{1,3})(?:${short}|${mixed})`, "gi"), "$1[secret]"],
  [new RegExp(String.raw`\b(${weak}(?: (?:is|was|of))?\s{1,3}["'\`]?)${mixed}`, "gi"), "$1[secret]"],
  [/(\s-u ?)[^\s:]{1,64}:\S+/g, "$1[secret]"],
  [/(\bmysql\w*\s[^\n]{0,100}?\s-p)\S+/g, "$1[secret]"],
  // Numbers and switches of an environment say nothing.
  [
    new RegExp(String.raw`\b(${variable}=)(?!(?:\d+|true|false)\b)[^\s"'&;)\]}[][^\s"'&;)\]}]*`, "g"),
    "$1[value]",
  ],
  [
    new RegExp(
      String.raw`((["'])${variable}\2:\s?)(?:"(?!(?:\d+|true|false)")[^"\n]+"?|'(?!(?:\d+|true|false)')[^'\n]+'?)`,
      "g",
    ),
    "$1[value]",
  ],
  [
    /\b([A-Z][A-Z\d_]*_(?:ADDR(?:ESS)?|BUCKET|DIR|ENDPOINT|HOST(?:NAME)?|PATH|SERVER|UR[IL]|USER(?:NAME)?): )[^\s"'[]+/g,
    "$1[value]",
  ],
];

/** Before the secrets: a login may stand inside. */
const locators: readonly Rule[] = [
  [/\bfile:\/\/[^\s"'<>)\]}]+/gi, "[path]"],
  [/\b[a-z][a-z\d+.-]{1,20}:\/\/[^\s"'<>)\]}]+/gi, "[address]"],
  [/\bjdbc:[^\s"'<>]+/gi, "[address]"],
  [/\b[\w.-]{1,64}@[\w.-]{1,100}:(?!\d)[\w.~/-]+/g, "[address]"],
  // A login without a scheme: `user:password@host`.
  [/\b[\w.+-]{1,64}:[^\s:@/"'<>]{1,100}@[\w-]+(?:\.[\w-]+)*(?::\d{1,5})?(?:\/[^\s"'<>)\]}]*)?/g, "[address]"],
];

const addresses: readonly Rule[] = [
  [/\[[0-9a-f]*:[0-9a-f:]+(?:(?:\.\d{1,3}){3})?(?:%\w{1,20})?\](?::\d{1,5})?/gi, "[address]"],
  [
    /(?<![\w:])(?=[0-9a-f:]{0,40}::)(?![0-9a-f:]*::[0-9a-f:]+::)[0-9a-f:]{3,40}(?:(?:\.\d{1,3}){3})?(?:%\w{1,20})?(?![\w:])/gi,
    "[address]",
  ],
  [/(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?::\d{1,5})?(?![\w:])/gi, "[address]"],
  [/(?<!\bversion )\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b/g, "[address]"],
  [/\b[\w-]+(?:\.[\w-]+)*\.(?:internal|local|lan|svc|cluster)\b(?::\d{1,5})?/gi, "[address]"],
  [/\blocalhost:\d{1,5}\b/gi, "[address]"],
  [/\bip(?:-\d{1,3}){4}\b/gi, "[address]"],
  [/\b(host(?:name)?["']?\s{0,2}=\s{0,2})(?:"[^"\n]+"?|'[^'\n]+'?|[^\s"',;)&[]+)/gi, "$1[address]"],
  [
    /\b((?:(?:connection (?:refused|reset|closed|timed out)|connect(?:ing|ion)? to|dial tcp|reach|resolve):? ))["']?[\w.-]+:\d{2,5}\b/gi,
    "$1[address]",
  ],
  [/\b(lookup )[\w.-]+(?= on |:)/g, "$1[address]"],
  // The words of Node for a host that it did not reach.
  [
    /\b(E(?:NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|HOSTUNREACH) )[\w.-]+(?::\d{1,5})?/g,
    "$1[address]",
  ],
];

const sourceFile = String.raw`\.(?:[cm]?[jt]sx?|py|rs|go|java|kt|rb|php|cs|cc|cpp|c|h|swift|scala|lua|sh)`;
const line = String.raw`(?::\d{1,7}){0,2}`;
/** A part of a path: no blanks, no marks that end it. */
const part = String.raw`[^\s"'<>()[\]{}|:;,*?/\\\`]+`;
/** Where no word, no other path and no closing tag goes before. */
const fresh = String.raw`(?<![\w/.<\]~@-])`;
/** First parts of addresses of an API, which say what was asked for and nothing of a machine. */
const route = String.raw`(?!/(?:api|v\d+|openai|chat|completions|responses|messages|models?|embeddings|images?|generate|tokenize|health|auth)(?:/|\b))`;

const paths: readonly Rule[] = [
  [/Traceback \(most recent call last\):(?:\s*\n[ \t][^\n]*)*/g, "[stack]"],
  // Frames: `at name (place:1:2)` anywhere, `at place:1:2` on a line of its own.
  [
    /\s*\bat (?:[\w$.<>[\] ]{1,120} )?\(?(?=[^()\s]*[./\\])[^()\s]{1,200}:\d{1,7}:\d{1,7}\)?(?=\s|$)/g,
    " [stack]",
  ],
  [/\s*\bat [\w$.<>/]{1,120}\([^()\n]{1,120}(?::\d{1,7}|Native Method|Unknown Source)\)/g, " [stack]"],
  [/(?: \[stack\]){2,}/g, " [stack]"],
  // Windows, also with doubled backslashes; blanks only inside of folders.
  [
    /(?<!\w)[a-z]:(?:\\{1,2}|\/)(?![/\s])(?:[^\\/\n"'<>|:*?]{1,100}[\\/]{1,2})*[^\s\\/"'<>|:*?,;)\]}]*(?::\d{1,7}){0,2}/gi,
    "[path]",
  ],
  [/(?<![\w\\])\\\\[\w.-]{1,64}\\{1,2}[^\s"'<>|:*?,;)\]}]+/g, "[path]"],
  [/(?<![\w:/])\/\/[\w.-]{1,64}\/[^\s"'<>|:*?,;)\]}]+/g, "[path]"],
  [
    new RegExp(
      String.raw`${fresh}/(?:app|data|dev|etc|home|mnt|opt|proc|root|run|srv|sys|tmp|usr|var|workspace|Users|Volumes)(?=[\s"'),:;]|$)`,
      "g",
    ),
    "[path]",
  ],
  [new RegExp(String.raw`(?<![\w/])(?:~|\.{1,2})/${part}(?:/${part})*${line}`, "g"), "[path]"],
  [new RegExp(String.raw`${fresh}(?:/${part})*/(?:${part})?\.[a-z]\w{0,9}${line}(?![\w/])`, "gi"), "[path]"],
  [new RegExp(String.raw`${fresh}${route}(?:/${part}){2,}/?${line}`, "g"), "[path]"],
  [new RegExp(String.raw`\b(?:[\w@.-]{1,80}/)+[\w.-]{1,80}${sourceFile}${line}(?!\w)`, "g"), "[path]"],
  [new RegExp(String.raw`\b[\w-][\w.-]{0,80}${sourceFile}:\d{1,7}(?::\d{1,7})?(?!\w)`, "g"), "[path]"],
];

const rules = [...quotes, ...keys, ...locators, ...secrets, ...addresses, ...paths];
const shown = 600;
/** What begins in the part that is shown is seen whole. */
const searched = 2 * shown;

/**
 * Makes a back end's own words fit for an API user: keys, passwords, internal addresses and paths are blotted out, HTML
 * is replaced, and what is quoted of prompts and answers is cut out. The result may be logged. Takes the same time for a
 * text of any length: it is cut first.
 */
export function redact(text: string): string {
  let clean = text.slice(0, searched);
  for (const [pattern, replacement] of rules) clean = clean.replace(pattern, replacement);
  return clean.length > shown || text.length > searched ? `${clean.slice(0, shown)}…` : clean;
}
