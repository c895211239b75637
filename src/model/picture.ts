/** A wish for pictures and what comes of it: the images API in the gateway's own terms. */

/** The form that a picture is wanted in. Without one it is given out as it comes from the upstream (webp). */
export interface ImageEncoding {
  readonly format: "webp" | "png" | "jpeg";
  /** 1–100; `undefined` leaves it to the encoder. Without meaning for png, which loses nothing. */
  readonly quality?: number | undefined;
}

/** How a picture shall be made, in the words of the models that take them: `size` `1024x1024`, `quality` `hd`, `style` `vivid`. */
export const pictureSettings = ["size", "quality", "style"] as const;

/** The name of a setting. */
export type PictureSetting = (typeof pictureSettings)[number];

/** What is absent is left to the model. */
export type PictureSettings = Readonly<Partial<Record<PictureSetting, string>>>;

/** What a client wants drawn. */
export interface PictureRequest {
  readonly prompt: string;
  /** 1 or more; each picture is a job of its own. */
  readonly count: number;
  readonly delivery: "link" | "bytes";
  readonly encoding?: ImageEncoding | undefined;
  readonly settings?: PictureSettings;
}

/** A finished picture. */
export interface Picture {
  readonly jobId: string;
  /** The prompt as the upstream rewrote it. */
  readonly prompt: string;
  readonly content:
    | { readonly kind: "link"; readonly url: string }
    | { readonly kind: "bytes"; readonly mediaType: string; readonly bytes: Uint8Array };
}

/** A picture that was wished for and could not be drawn. */
export interface MissingPicture {
  readonly index: number;
  /** Why; what is no `GatewayError` is the gateway's own fault. */
  readonly error: Error;
}

/**
 * The life of several pictures at once; `index` counts from 0. Each picture comes once, or is missing, which is told
 * last and at once. When all are missing, the first failure is thrown instead.
 */
export type PictureEvent =
  | {
      readonly type: "progress";
      readonly index: number;
      /** `accepted`, then the upstream's own words. */
      readonly status: string;
      readonly queuePosition: number | undefined;
      readonly elapsedMs: number | undefined;
    }
  | { readonly type: "picture"; readonly index: number; readonly picture: Picture }
  | { readonly type: "missing"; readonly pictures: readonly MissingPicture[] };
