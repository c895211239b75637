/** What models take (docs/api.md, "Images and files in a request"). */
const types: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);
/** Larger ones are made smaller: a request has to fit into 10 MB with all its pictures. */
const mostBytes = 1_500_000;
const mostPixels = 2048;

function toDataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(typeof reader.result === "string" ? reader.result : ""));
    reader.addEventListener("error", () => reject(reader.error ?? new Error("The file can't be read.")));
    reader.readAsDataURL(blob);
  });
}

async function shrink(bitmap: ImageBitmap): Promise<Blob> {
  const scale = Math.min(1, mostPixels / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (made) => (made === null ? reject(new Error("The picture can't be made smaller.")) : resolve(made)),
      "image/jpeg",
      0.85,
    );
  });
}

/** A picture as a data URL; `undefined`: it is none that can be sent. */
export async function readPicture(blob: Blob): Promise<string | undefined> {
  if (!types.has(blob.type)) return undefined;
  try {
    const bitmap = await createImageBitmap(blob);
    const url = await toDataUrl(blob.size > mostBytes ? await shrink(bitmap) : blob);
    bitmap.close();
    return url;
  } catch {
    // It calls itself a picture, and is none.
    return undefined;
  }
}
