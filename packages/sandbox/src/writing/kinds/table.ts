import type { LongKind } from "./long-kind.js";
import { sentence } from "./sentence.js";

const states = ["open", "paid", "late"] as const;

export const table: LongKind = {
  defaultTokens: 3000,
  head: "| No. | Entry | State | Amount |\n| ---: | --- | --- | ---: |\n",
  unit(index, seed) {
    const amount = (((index + 1) * 7919 + seed * 31) % 100_000) / 100;
    return `| ${index + 1} | ${sentence(index, seed)} | ${states[(index + seed) % 3]} | ${amount.toFixed(2)} |`;
  },
  before: (index) => (index === 0 ? "" : "\n"),
};
