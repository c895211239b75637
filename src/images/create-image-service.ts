import type { Config } from "../config.ts";
import { GatewayError } from "../errors.ts";
import type { CallWatch } from "../model/call-watch.ts";
import type { ImageEncoding } from "../model/picture.ts";
import { letGo } from "../stream/let-go.ts";
import type { ImageEvent, ImageRequest, ImageSource, PictureUpstream } from "../upstreams/upstream.ts";
import { checkPicture, openPicture } from "./check-picture.ts";
import { convertImage } from "./convert-image.ts";
import { createImageStore, isAdoptedName } from "./create-image-store.ts";
import { createSlots } from "./create-slots.ts";
import { createEntityTag, matchesAny, matchesEntityTag } from "./entity-tag.ts";
import type { ImageBytes, ImageService, LinkedImage } from "./image-service.ts";
import { createLinkSigner, isImageFileName } from "./sign-link.ts";

/** Pictures without a file and converted ones, kept for their links. */
const storeLimitBytes = 64 * 1024 * 1024;
/** No picture of this upstream is near that; what is larger would only fill the memory. */
const imageLimitBytes = 32 * 1024 * 1024;
/** Waiting costs little, but not nothing. */
const queueLimit = 1000;
/** Conversion is work for a processor, and decoded pictures are large. */
const conversionsAtOnce = 2;

/** What the image service is made of. */
export interface ImageServiceOptions {
  readonly config: Pick<Config, "IMAGE_CONCURRENCY">;
  readonly pictures: PictureUpstream;
  /** Signs the links. */
  readonly secret: string;
}

/** Creates the image service. */
export function createImageService({ config, pictures, secret }: ImageServiceOptions): ImageService {
  const jobs = createSlots(config.IMAGE_CONCURRENCY, queueLimit);
  const conversions = createSlots(conversionsAtOnce, queueLimit);
  const store = createImageStore(storeLimitBytes);
  const signer = createLinkSigner(secret);

  async function* generate(
    request: ImageRequest,
    signal: AbortSignal,
    watch?: CallWatch,
  ): AsyncIterable<ImageEvent> {
    watch?.waitFor("image-slot");
    const release = await jobs.acquire(signal);
    let told = "";
    try {
      for await (const event of pictures.makeImage(request, signal, watch)) {
        // The same status again and again is no movement.
        const news = event.type === "progress" ? `${event.status} ${event.queuePosition}` : event.type;
        if (news !== told) watch?.move();
        told = news;
        if (event.type === "accepted") watch?.waitFor("image-job");
        yield event;
      }
    } finally {
      release();
    }
  }

  function publish(image: ImageSource, baseUrl: string, encoding?: ImageEncoding): string {
    const fileName = image.kind === "file" ? image.name : store.adopt(checkPicture(image.bytes));
    if (!isImageFileName(fileName)) {
      throw new GatewayError("upstream-protocol", "The upstream named its image file in an unknown way.");
    }
    return signer.encode(fileName, baseUrl, encoding);
  }

  async function readFile(fileName: string, signal: AbortSignal): Promise<ImageBytes> {
    const kept = store.get(fileName);
    if (kept !== undefined) return kept;
    if (isAdoptedName(fileName)) {
      throw new GatewayError("not-found", "This picture is no longer kept. Have it made again.");
    }
    return readAll(await openFile(fileName, signal));
  }

  /** The file of a picture that was just drawn: that it is not there is the upstream's failure, not the caller's. */
  async function readDrawn(fileName: string, signal: AbortSignal): Promise<ImageBytes> {
    try {
      return await readFile(fileName, signal);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.kind !== "not-found") throw error;
      throw new GatewayError(
        "upstream-unavailable",
        "The upstream drew the picture, but has no file of it. Have it made again.",
        { cause: error },
      );
    }
  }

  async function openFile(fileName: string, signal: AbortSignal): Promise<LinkedImage> {
    return openPicture(await pictures.openImage(fileName, undefined, signal));
  }

  async function convert(image: ImageBytes, encoding: ImageEncoding | undefined, signal: AbortSignal) {
    if (encoding === undefined) return image;
    const release = await conversions.acquire(signal);
    try {
      return await convertImage(image, encoding);
    } finally {
      release();
    }
  }

  async function readLinked(fileName: string, encoding: ImageEncoding | undefined, signal: AbortSignal) {
    const key =
      encoding === undefined ? fileName : `${fileName} ${encoding.format} ${encoding.quality ?? ""}`;
    const kept = store.get(key);
    if (kept !== undefined) return kept;
    const image = await convert(await readFile(fileName, signal), encoding, signal);
    store.set(key, image);
    return image;
  }

  return {
    get defaultModel() {
      return pictures.defaultModel;
    },
    generate,
    publish,
    link: (fileName, baseUrl) => publish({ kind: "file", name: fileName }, baseUrl),
    async read(image, signal, encoding) {
      const whole = image.kind === "bytes" ? checkPicture(image.bytes) : await readDrawn(image.name, signal);
      return convert(whole, encoding, signal);
    },
    async open(link, ifNoneMatch, signal) {
      if (!signer.verify(link)) {
        throw new GatewayError("not-found", "There is no such image, or its link was changed.");
      }
      const { fileName, encoding } = link;
      const etag = createEntityTag(fileName, encoding);
      const unchanged = {
        status: 304,
        mediaType: "",
        etag,
        contentLength: undefined,
        body: toBody([]),
      } as const;
      if (matchesEntityTag(ifNoneMatch, etag)) return unchanged;
      const file =
        encoding !== undefined || isAdoptedName(fileName)
          ? toFile(await readLinked(fileName, encoding, signal))
          : await openFile(fileName, signal);
      if (!matchesAny(ifNoneMatch)) return { ...file, etag };
      await letGo(file.body);
      return unchanged;
    },
  };
}

/** Reads a file to its end. Throws `upstream-protocol` above the limit. */
async function readAll(file: LinkedImage): Promise<ImageBytes> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of file.body) {
    size += piece.byteLength;
    if (size > imageLimitBytes) {
      throw new GatewayError("upstream-protocol", "The upstream's image is larger than 32 MiB.");
    }
    pieces.push(piece);
  }
  return { mediaType: file.mediaType, bytes: Buffer.concat(pieces) };
}

function toFile(image: ImageBytes): LinkedImage {
  return {
    status: 200,
    mediaType: image.mediaType,
    etag: undefined,
    contentLength: image.bytes.byteLength,
    body: toBody([image.bytes]),
  };
}

async function* toBody(pieces: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* pieces;
}
