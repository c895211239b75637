import type { ImageEvent, ImageFile, ImageRequest } from "../upstreams/upstream.ts";

/** Makes images and serves their files. All methods throw `GatewayError`. */
export interface ImageService {
  /** One image job: `accepted`, `progress` and `done` events. The number of jobs at once is bounded; others wait. */
  generate(request: ImageRequest, signal: AbortSignal): AsyncIterable<ImageEvent>;
  /** Absolute, signed link to an upstream image file: `<baseUrl>/v1/images/files/<name>?sig=…`. */
  link(fileName: string, baseUrl: string): string;
  /** Opens a linked file. A wrong signature or name is kind `not-found`; nothing is asked of the upstream then. */
  open(
    fileName: string,
    signature: string,
    ifNoneMatch: string | undefined,
    signal: AbortSignal,
  ): Promise<ImageFile>;
}
