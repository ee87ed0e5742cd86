import { oneLine } from "./bucket-name.js";

/** The slot of calls that the tier lets run at once, and the scope of blocks on all of them. */
export const WHOLE_ACCOUNT = "account";

/** The scope of blocks on one model. */
export function modelScope(model: string): string {
  return `model:${oneLine(model)}`;
}
