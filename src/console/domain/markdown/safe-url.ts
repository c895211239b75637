const openable: ReadonlySet<string> = new Set(["http:", "https:", "mailto:"]);

/** The address of a link that may be opened, in full; `undefined`: it is none, or leads where no text of a model may lead. */
export function toLink(url: string): string | undefined {
  // Without a scheme it would lead into the console itself.
  if (!/^(?:https?:\/\/|mailto:)/i.test(url)) return undefined;
  try {
    const parsed = new URL(url);
    return openable.has(parsed.protocol) ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}

const inlinePicture = /^data:image\/(?:png|jpeg|webp|gif|avif);base64,[A-Za-z0-9+/=]*$/;
const gatewayPicture = "/v1/images/files/";

/**
 * Where a picture that a text names is loaded from: it is in the text itself, or the gateway's own. `undefined`: it is somebody else's, who
 * would learn by it that the text is read, and what the model put into the address.
 */
export function toPicture(url: string, gatewayUrl: string): string | undefined {
  if (inlinePicture.test(url)) return url;
  try {
    const gateway = new URL(gatewayUrl);
    const { protocol, origin, pathname, search } = new URL(url, gateway);
    if (protocol !== "http:" && protocol !== "https:") return undefined;
    const place = pathname.lastIndexOf(gatewayPicture);
    if (place < 0 || !/[?&]sig=/.test(search)) return undefined;
    // The gateway names itself as others reach it (`PUBLIC_URL`), which need not be how this page does. A link of somebody else's that looks
    // the same is asked of the gateway, too, which knows its own.
    if (origin !== gateway.origin || !pathname.startsWith(gateway.pathname))
      return new URL(`.${pathname.slice(place)}${search}`, gateway).href;
    return new URL(pathname + search, gateway).href;
  } catch {
    return undefined;
  }
}
