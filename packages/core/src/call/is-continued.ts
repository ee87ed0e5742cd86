import type { PreparedCall } from "./prepared-call.js";

/** Whether a call is continued where the tier's limit cuts it. What is asked for of each token can't be said of a seam. */
export function isContinued({
  request,
  cappedByTier,
  continueAtCap,
}: Pick<PreparedCall, "request" | "cappedByTier" | "continueAtCap">): boolean {
  const { logprobs } = request.body;
  return request.endpoint === "chat" && cappedByTier && continueAtCap > 0 && logprobs !== true;
}
