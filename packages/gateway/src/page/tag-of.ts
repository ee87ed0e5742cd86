import { createHash } from "node:crypto";

/** A name for a text, which changes with it. */
export function tagOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
