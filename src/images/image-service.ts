import type { CallWatch } from "../model/call-watch.ts";
import type { ImageEncoding } from "../model/picture.ts";
import type { ImageEvent, ImageFile, ImageRequest, ImageSource } from "../upstreams/upstream.ts";

/** A whole picture in memory. */
export interface ImageBytes {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A picture behind a link, streamed; its media type is what its bytes are. */
export interface LinkedImage extends ImageFile {
  readonly mediaType: string;
}

/** What the URL of an image link says; nothing of it is believed before the signature was checked. */
export interface ImageLink {
  readonly fileName: string;
  readonly signature: string;
  readonly encoding?: ImageEncoding | undefined;
}

/** Makes images and serves their files. All methods throw `GatewayError`. */
export interface ImageService {
  /** The model that draws when nobody names one, also while no list shows it. Empty: nobody draws. */
  readonly defaultModel: string;
  /** One image job: `accepted`, `progress` and `done` events. The number of jobs at once is bounded; others wait. */
  generate(request: ImageRequest, signal: AbortSignal, watch?: CallWatch): AsyncIterable<ImageEvent>;
  /** Absolute, signed link to an upstream image file: `<baseUrl>/v1/images/files/<name>?sig=…`. */
  link(fileName: string, baseUrl: string): string;
  /**
   * Absolute, signed link to any finished picture. Bytes that have no file are kept in memory, the least
   * recently used dropped first, so their links end with the process. Throws when they are no whole picture.
   */
  publish(image: ImageSource, baseUrl: string, encoding?: ImageEncoding): string;
  /**
   * The whole picture, fetched and converted as needed. A format that can't be made is kind `unsupported`; bytes that
   * are no whole picture are `upstream-protocol`.
   */
  read(image: ImageSource, signal: AbortSignal, encoding?: ImageEncoding): Promise<ImageBytes>;
  /**
   * Opens a linked file. A wrong signature or name is kind `not-found`; nothing is asked of the upstream then. A file
   * that does not begin as a picture is `upstream-protocol`; of one that breaks off later the body throws.
   */
  open(link: ImageLink, ifNoneMatch: string | undefined, signal: AbortSignal): Promise<LinkedImage>;
}
