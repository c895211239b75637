/** How numbers and times are written; `locale` is a language tag such as `en` or `zh-CN`. */

/** 15,500 */
export function writeCount(value: number, locale: string): string {
  return Math.round(value).toLocaleString(locale);
}

const units: readonly (readonly [number, string])[] = [
  [1e9, "B"],
  [1e6, "M"],
  [1e4, "k"],
];

/** 3.02 M, 41.2 k, 9,870: three digits at least. */
export function writeAmount(value: number, locale: string): string {
  const unit = units.find(([size]) => value >= size);
  if (unit === undefined) return writeCount(value, locale);
  const [size, name] = unit;
  const scaled = value / (name === "k" ? 1000 : size);
  return `${scaled.toFixed(scaled < 10 ? 2 : scaled < 100 ? 1 : 0)} ${name}`;
}

/** For axes: 132k, 0.5k, 40. */
export function writeAxis(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toFixed(2))}M`;
  if (value >= 1000) return `${Number((value / 1000).toFixed(1))}k`;
  return String(Number(value.toFixed(3)));
}

/** 1.21 s, 12.4 s, 213 s; the longer the fewer digits. */
export function writeSeconds(ms: number): string {
  const seconds = ms / 1000;
  return `${seconds.toFixed(seconds < 9.995 ? 2 : seconds < 99.95 ? 1 : 0)} s`;
}

/** 12.4 s, with one digit, for what still runs. */
export function writeRunning(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** $0.62, $0.0042, $1,204 */
export function writeMoney(usd: number, locale: string): string {
  const digits = usd === 0 || usd >= 0.1 ? 2 : usd >= 0.01 ? 3 : 4;
  const most = usd >= 1000 ? 0 : digits;
  return `$${usd.toLocaleString(locale, { minimumFractionDigits: most, maximumFractionDigits: most })}`;
}

/** 0.27: US dollars for a million tokens, from the decimal text for one. */
export function writePrice(perToken: string): string {
  const perMillion = Number(perToken) * 1e6;
  if (perMillion === 0) return "0";
  return perMillion >= 0.1 ? perMillion.toFixed(2) : String(Number(perMillion.toPrecision(2)));
}

/** 18:40, in the reader's zone. */
export function writeClock(at: number, locale: string): string {
  return new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** 18:40:07 */
export function writeExactClock(at: number, locale: string): string {
  return new Date(at).toLocaleTimeString(locale, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
}

/** 27 Nov; for steps of hours also with the hour. */
export function writeDay(at: number, locale: string): string {
  return new Date(at).toLocaleDateString(locale, { day: "numeric", month: "short" });
}

/** 2.7 %: a share of 1; less than a tenth of a percent of something is not nothing. */
export function writePercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent < 10 && percent > 0 ? percent.toFixed(1) : String(Math.round(percent))} %`;
}

/** All browsers call themselves Mozilla; by this they tell who they are, those first that others stand for. */
const browsers = [
  [/\bEdg\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/Chrome\//, "Chrome"],
  [/\bFirefox\//, "Firefox"],
  [/\bSafari\//, "Safari"],
] as const;

/** `claude-cli` of `claude-cli/2.1.332 (external, cli)`. */
export function shortClient(userAgent: string): string {
  const [name = userAgent] = userAgent.split(/[/ ]/, 1);
  if (name !== "Mozilla") return name;
  return browsers.find(([mark]) => mark.test(userAgent))?.[1] ?? name;
}
