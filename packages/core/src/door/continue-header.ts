import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import { countFault, optionTable } from "../options-table.js";

/** By this header a caller says how many follow-ups may continue an answer that the tier's limit cuts; 0 for none. */
const HEADER = "x-laplas-continue";

/** What a request asks for in place of the engine's `continueAtCap`. @throws FatalUpstreamError `invalid_request` */
export function continueAtCapFor(headers: Headers): number | undefined {
  const asked = headers.get(HEADER)?.trim();
  if (asked === undefined) return undefined;
  const { max } = optionTable.continueAtCap;
  const count = /^\d+$/.test(asked) ? Number(asked) : Number.NaN;
  const fault = countFault(count, max);
  if (fault === undefined) return count;
  // Read as another number than the one meant, it could cost a day.
  const message = `Header "${HEADER}" is ${quote(asked)}, but ${fault}.`;
  throw new FatalUpstreamError("invalid_request", message, { param: HEADER });
}
