import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LaplasImage } from "@laplas/langchain";

/** Within the project, where it is easy to find, and ignored by git. */
const FOLDER = fileURLToPath(new URL("output/", import.meta.url));

/** Writes a picture to a file of `examples/output/` and gives its path. Models answer with an address or with the data. */
export async function savePicture(picture: LaplasImage, name: string): Promise<string> {
  const { bytes, mimeType } = await read(picture);
  const extension = /^image\/(\w+)/.exec(mimeType)?.[1]?.replace("jpeg", "jpg") ?? "png";
  const path = join(FOLDER, `${name}.${extension}`);
  await mkdir(FOLDER, { recursive: true });
  await writeFile(path, bytes);
  return path;
}

async function read({ url, data, mimeType = "" }: LaplasImage): Promise<{ bytes: Uint8Array; mimeType: string }> {
  if (typeof data === "string") return { bytes: Buffer.from(data, "base64"), mimeType };
  if (data !== undefined) return { bytes: data, mimeType };
  const response = await fetch(url ?? "");
  if (!response.ok) throw new Error(`The picture is not at ${url} any more (status ${response.status}).`);
  return {
    bytes: new Uint8Array(await response.arrayBuffer()),
    mimeType: response.headers.get("content-type") ?? mimeType,
  };
}
