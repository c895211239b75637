import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { ImageBytes } from "./image-service.ts";

/** Pictures in memory, bounded by their bytes; the least recently used go first. */
export interface ImageStore {
  get(key: string): ImageBytes | undefined;
  set(key: string, image: ImageBytes): void;
  /** Keeps a picture that has no file and gives the file name it goes by from now on: the same for the same bytes. */
  adopt(image: ImageBytes): string;
}

const adoptedPrefix = "inline-";

/** True for a name that `adopt` made: the upstream knows nothing of it. */
export function isAdoptedName(fileName: string): boolean {
  return fileName.startsWith(adoptedPrefix);
}

/** Creates a store of at most `limitBytes`. A single picture above that is not kept. */
export function createImageStore(limitBytes: number): ImageStore {
  const images = new LRUCache<string, ImageBytes>({
    maxSize: limitBytes,
    // lru-cache wants a positive size, also of an empty picture.
    sizeCalculation: (image) => Math.max(1, image.bytes.byteLength),
  });

  return {
    get: (key) => images.get(key),
    set(key, image) {
      images.set(key, image);
    },
    adopt(image) {
      const hash = createHash("sha256").update(image.bytes).digest("hex").slice(0, 32);
      const name = `${adoptedPrefix}${hash}.${toExtension(image.mediaType)}`;
      images.set(name, image);
      return name;
    },
  };
}

function toExtension(mediaType: string): string {
  return /^image\/([a-z0-9]{2,8})$/.exec(mediaType)?.[1] ?? "img";
}
