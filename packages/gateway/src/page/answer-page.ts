import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { otherMethodResponse } from "@laplas/core";
import type { PageFile } from "./page-files.js";

/**
 * The page runs what stands in its own files, and speaks to this gateway: no inline program, no style but the one it was built with, no
 * other host, no frame, no text that becomes markup.
 */
function policyOf({ style = "'none'" }: PageFile): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${style}`,
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

/** Answers with a file of the page. No token is asked for: the page asks its reader for one, and shows nothing without. */
export async function answerPage(file: PageFile, path: string, { method, headers }: Request): Promise<Response> {
  if (method !== "GET" && method !== "HEAD") {
    return otherMethodResponse(method, path, ["GET", "HEAD"], crypto.randomUUID());
  }
  const { type, tag } = file;
  const shared = {
    // Weak: the same text, packed or not.
    etag: `W/${tag}`,
    vary: "accept-encoding",
    "cache-control": "no-cache",
    "content-security-policy": policyOf(file),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-request-id": crypto.randomUUID(),
  };
  if (headers.get("if-none-match")?.replace(/^W\//, "") === tag) {
    return new Response(null, { status: 304, headers: shared });
  }
  const isPacked = takesGzip(headers.get("accept-encoding") ?? "");
  const body = method === "HEAD" ? null : isPacked ? await packed(file) : file.text;
  return new Response(body, {
    headers: { ...shared, "content-type": type, ...(isPacked ? { "content-encoding": "gzip" } : {}) },
  });
}

/** Whether an encoding is named, and not with a weight of nothing. */
function takesGzip(accepted: string): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted);
}

const pack = promisify(gzip);
const packs = new WeakMap<PageFile, Promise<Uint8Array<ArrayBuffer>>>();

/** Packed when somebody first asks, beside the thread that answers calls, and kept. */
function packed(file: PageFile): Promise<Uint8Array<ArrayBuffer>> {
  const known = packs.get(file) ?? pack(file.text, { level: 9 }).then((bytes) => new Uint8Array(bytes));
  packs.set(file, known);
  return known;
}
