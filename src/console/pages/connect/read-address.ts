/** The base URL without `/v1`; a host and port alone are meant as http. `undefined`: it is no address. */
export function readAddress(text: string): string | undefined {
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text.trim()) ? text.trim() : `http://${text.trim()}`;
  if (!URL.canParse(whole) || !/^https?:/i.test(whole) || /[\s"'`\\<>]/.test(whole)) return undefined;
  return whole.replace(/\/+$/, "").replace(/\/v1$/, "");
}

const privateHost =
  /^(?:localhost|127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|\[)|\.(?:local|localhost|internal|lan|home\.arpa)$/i;

/** Whether servers elsewhere can reach an address: over https, by a name or address that is not of a private network. */
export function isPublic(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" && hostname.includes(".") && !privateHost.test(hostname);
}
