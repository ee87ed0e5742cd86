import type { LoggedRequest } from "../server/request-log.js";
import { type Draft, type ResolvedDraft, resolveDraft, type WriteOptions } from "./draft.js";

export interface DraftScript {
  add(draft: Draft, options?: WriteOptions): void;
  /** The first draft that fits a request and can be written for it; it is used up by one. */
  take<Written>(
    request: LoggedRequest,
    write: (draft: ResolvedDraft) => Written | undefined,
  ): { draft: ResolvedDraft; written: Written } | undefined;
  clear(): void;
}

/** Drafts for the next answers, the oldest first. One that a request can't take, for want of its tool, waits for the next. */
export function createDraftScript(): DraftScript {
  let script: { draft: ResolvedDraft; left: number; when: (request: LoggedRequest) => boolean }[] = [];
  return {
    add(draft, { times = 1, when = () => true } = {}) {
      if (!(times > 0)) throw new TypeError("write: times must be a number above 0");
      script.push({ draft: resolveDraft(draft), left: times, when });
    },
    take(request, write) {
      for (const line of script) {
        if (!line.when(request)) continue;
        const written = write(line.draft);
        if (written === undefined) continue;
        line.left -= 1;
        if (line.left <= 0) script = script.filter((other) => other !== line);
        return { draft: line.draft, written };
      }
      return undefined;
    },
    clear() {
      script = [];
    },
  };
}
