import { otherMethodResponse } from "@laplas/core";
import type { PageFile } from "./page-files.js";

/**
 * The page runs what stands in its own files, and speaks to this gateway: no inline program or style, no other host, no frame, no
 * text that becomes markup.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** Answers with a file of the page. No token is asked for: the page asks its reader for one, and shows nothing without. */
export function answerPage({ type, text, tag }: PageFile, path: string, { method, headers }: Request): Response {
  if (method !== "GET" && method !== "HEAD") {
    return otherMethodResponse(method, path, ["GET", "HEAD"], crypto.randomUUID());
  }
  const shared = {
    etag: tag,
    "cache-control": "no-cache",
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-request-id": crypto.randomUUID(),
  };
  if (headers.get("if-none-match") === tag) return new Response(null, { status: 304, headers: shared });
  return new Response(method === "HEAD" ? null : text, { headers: { ...shared, "content-type": type } });
}
