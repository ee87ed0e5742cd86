import { withHeader } from "./with-header.js";

/** Read by the engine's door. */
const HEADER = "x-laplas-continue";
/** Agents speak these protocols, and take an answer that was cut for an error, or ask again: each time it is charged (November 2026). */
const AGENTS = /\/(responses|messages)\/?$/;

/** Gives a request of an agent the follow-ups that a cut answer may take, unless the request says how many itself. */
export function createContinueAgents(count: number | undefined): (request: Request, path: string) => Request {
  return (request, path) => {
    if (count === undefined || request.method !== "POST" || !AGENTS.test(path) || request.headers.has(HEADER)) {
      return request;
    }
    return withHeader(request, HEADER, String(count));
  };
}
