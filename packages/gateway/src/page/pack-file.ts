import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { PACKS } from "./packs.js";
import type { PageFile } from "./page-files.js";

/** A body as it is sent. */
export interface SentBody {
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** `undefined` for the text itself. */
  readonly encoding: "br" | "gzip" | undefined;
}

/** A file as the client takes it in the fewest bytes. */
export async function packFile(file: PageFile, accepted: string): Promise<SentBody> {
  const pack = takes(accepted, "br") ? PACKS.get(file.tag) : undefined;
  if (pack !== undefined) return { body: bytesOf(Buffer.from(pack, "base64")), encoding: "br" };
  // Browsers take brotli with TLS and from this machine alone.
  if (takes(accepted, "gzip")) return { body: await gzipped(file), encoding: "gzip" };
  return { body: file.text, encoding: undefined };
}

/** Whether an encoding is named, and not with a weight of nothing. */
function takes(accepted: string, encoding: "br" | "gzip"): boolean {
  return accepted.split(",").some((one) => {
    const [name = "", ...rest] = one.split(";").map((part) => part.trim().toLowerCase());
    return name === encoding && !rest.some((part) => /^q=0(\.0*)?$/.test(part));
  });
}

const packs = new WeakMap<PageFile, Promise<Uint8Array<ArrayBuffer>>>();

/** Packed when somebody first asks, beside the thread that answers calls, and kept. */
function gzipped(file: PageFile): Promise<Uint8Array<ArrayBuffer>> {
  const known = packs.get(file) ?? promisify(gzip)(file.text, { level: 9 }).then(bytesOf);
  packs.set(file, known);
  return known;
}

function bytesOf(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer);
}
