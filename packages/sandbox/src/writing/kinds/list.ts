import type { LongKind } from "./long-kind.js";

const names = [
  "brass lantern",
  "torn net",
  "barrel of salt",
  "anchor",
  "map",
  "rope",
  "ledger",
  "oar",
  "bell",
] as const;
const notes = ["new", "old", 'the "good" one', "caf\u00e9", "C:\\sea", "two\nlines", "naïve"] as const;

/** Compact, as models write it, with escapes of all sorts in its strings: 200 items are about 3,000 tokens. */
export const list: LongKind = {
  defaultTokens: 3000,
  defaultUnits: 200,
  head: '{"items":[',
  unit(index, seed) {
    const at = index + seed;
    return JSON.stringify({
      id: index + 1,
      name: `${names[at % 9]} ${((index + 1) * 7919 + seed * 31) % 9973}`,
      note: notes[(at * 3) % 7],
      sold: at % 5 === 0 ? null : at % 2 === 0,
    });
  },
  before: (index) => (index === 0 ? "" : ","),
  tail: "]}",
};
