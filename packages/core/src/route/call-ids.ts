/** The tool calls of an answer, by which its conversation is found again. */
export interface CallIds {
  /** Reads messages, or pieces of them. */
  read(messages: readonly { readonly tool_calls?: unknown }[]): void;
  /** The answer has come, or begun. */
  answered(): void;
}

/** @param keep receives the ids on each new one, since the next request may arrive before this answer has ended */
export function createCallIds(keep: (ids: ReadonlySet<string>) => void): CallIds {
  const ids: Set<string> = new Set();
  return {
    read(messages) {
      const before = ids.size;
      for (const { tool_calls: calls } of messages) {
        if (!Array.isArray(calls)) continue;
        for (const call of calls) if (typeof call?.id === "string" && call.id !== "") ids.add(call.id);
      }
      if (ids.size > before) keep(ids);
    },
    answered: () => keep(ids),
  };
}
