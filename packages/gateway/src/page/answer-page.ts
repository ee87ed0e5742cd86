import { otherMethodResponse } from "@laplas/core";
import { packFile } from "./pack-file.js";
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
    etag: `W/"${tag}"`,
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
  if (headers.get("if-none-match")?.replace(/^W\//, "") === `"${tag}"`) {
    return new Response(null, { status: 304, headers: shared });
  }
  const { body, encoding } = await packFile(file, headers.get("accept-encoding") ?? "");
  return new Response(method === "HEAD" ? null : body, {
    headers: { ...shared, "content-type": type, ...(encoding === undefined ? {} : { "content-encoding": encoding }) },
  });
}
