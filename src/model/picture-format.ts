/** What the first and the last bytes of a file say of the picture in it. */
export interface PictureFormat {
  readonly mediaType: string;
  /** The bytes of the whole file, where its beginning tells them: decoders ignore what follows. */
  readonly length: number | undefined;
  /** Whether a whole file may end so. `tail`: its last `tailLength` bytes, or all. */
  readonly ends: (tail: Uint8Array) => boolean;
}

/** As many bytes as `detectPictureFormat` wants to see. */
export const headLength = 18;

/** As many bytes as `PictureFormat.ends` wants to see: the end may have some filling behind it. */
export const tailLength = 256;

interface Signature {
  readonly mediaType: string;
  /** The first bytes, each read as a character of its number (latin1), as in `end`. */
  readonly begin: RegExp;
  readonly end?: RegExp;
  readonly lengthOf?: (head: DataView) => number;
}

/**
 * The raster formats that browsers show. SVG is none of them on purpose: it is a document that may hold scripts.
 * Sources: RFC 9649 (webp), W3C PNG, ITU-T T.81 (jpeg), GIF89a, ISO 23008-12 and AV1 image file format (brands of
 * `ftyp`), and BITMAPFILEHEADER with the sizes of the header that follows it. The end of the last three is not
 * looked for: it takes reading their boxes, and this upstream has not given any.
 */
const signatures: readonly Signature[] = [
  {
    mediaType: "image/webp",
    begin: /^RIFF.{4}WEBPVP8[ LX]/s,
    // RIFF counts from behind its own size.
    lengthOf: (head) => head.getUint32(4, true) + 8,
  },
  { mediaType: "image/png", begin: /^\x89PNG\r\n\cZ\n/, end: /IEND\xaeB`\x82/ },
  // Inside of a jpeg's image data an FF is always followed by 00 or a restart marker.
  { mediaType: "image/jpeg", begin: /^\xff\xd8\xff/, end: /\xff\xd9/ },
  { mediaType: "image/gif", begin: /^GIF8[79]a/, end: /\0;\0*$/ },
  { mediaType: "image/avif", begin: /^.{4}ftypavi[fs]/s },
  { mediaType: "image/heic", begin: /^.{4}ftyphe(?:ic|ix|vc|vx)/s },
  { mediaType: "image/heif", begin: /^.{4}ftypm(?:if|sf)1/s },
  { mediaType: "image/bmp", begin: /^BM.{4}\0{4}.{4}[\f(48@l|]\0{3}/s },
];

/**
 * The format of a file by its first bytes, `headLength` of them or all that it has; `undefined`: it is no picture.
 * What upstreams and file names say of it does not count.
 */
export function detectPictureFormat(head: Uint8Array): PictureFormat | undefined {
  const text = toLatin1(head.subarray(0, headLength));
  const found = signatures.find(({ begin }) => begin.test(text));
  if (found === undefined) return undefined;
  const { mediaType, end, lengthOf } = found;
  const length = lengthOf?.(new DataView(head.buffer, head.byteOffset, head.byteLength));
  // A length without room for a picture: decoders refuse it, too.
  if (length !== undefined && length < headLength) return undefined;
  return {
    mediaType,
    length,
    ends: (tail) => end?.test(toLatin1(tail)) ?? true,
  };
}

function toLatin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
