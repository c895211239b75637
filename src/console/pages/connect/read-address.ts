/** The base URL without `/v1`; a host and port alone are meant as http. `undefined`: it is no address. */
export function readAddress(text: string): string | undefined {
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text.trim()) ? text.trim() : `http://${text.trim()}`;
  if (!URL.canParse(whole) || !/^https?:/i.test(whole) || /[\s"'`\\<>]/.test(whole)) return undefined;
  return whole.replace(/\/+$/, "").replace(/\/v1$/, "");
}
