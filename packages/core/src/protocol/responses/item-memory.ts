import type { JsonObject } from "../../request/wire-types.js";

/** Items of answers, for clients that send an earlier one back by its id alone. */
export interface ItemMemory {
  /** @param owner only the same one finds them again */
  keep(owner: string, items: readonly JsonObject[]): void;
  find(owner: string, id: string): JsonObject | undefined;
}

/** Bounds of a memory. */
export interface ItemMemoryOptions {
  /** Of all owners together: else a client with many tokens could fill the process. @default 16 MB */
  readonly maxBytes?: number;
  /** @default one hour */
  readonly maxAgeMs?: number;
}

interface Kept {
  readonly owner: string;
  /** As text: a parsed item takes several times as much, and its size is not known. */
  readonly text: string;
  readonly bytes: number;
  readonly until: number;
}

/** What an entry takes beside its characters. */
const OVERHEAD_BYTES = 300;
const BYTES_PER_CHARACTER = 2;

/** Keeps items in this process. The oldest go first. */
export function createItemMemory(now: () => number, options: ItemMemoryOptions = {}): ItemMemory {
  const { maxBytes = 16 * 1_024 * 1_024, maxAgeMs = 3_600_000 } = options;
  // By its id, which is random: no two items have the same one. In the order of their ends.
  const kept = new Map<string, Kept>();
  let bytes = 0;

  const drop = (id: string, item: Kept): void => {
    kept.delete(id);
    bytes -= item.bytes;
  };
  const makeRoom = (): void => {
    const at = now();
    for (const [id, item] of kept) {
      if (bytes <= maxBytes && item.until > at) return;
      drop(id, item);
    }
  };

  return {
    keep(owner, items) {
      for (const item of items) {
        const text = JSON.stringify(item);
        const size = (text.length + owner.length) * BYTES_PER_CHARACTER + OVERHEAD_BYTES;
        kept.set(String(item.id), { owner, text, bytes: size, until: now() + maxAgeMs });
        bytes += size;
      }
      makeRoom();
    },
    find(owner, id) {
      const found = kept.get(id);
      if (found === undefined || found.owner !== owner || found.until <= now()) return undefined;
      return JSON.parse(found.text) as JsonObject;
    },
  };
}
