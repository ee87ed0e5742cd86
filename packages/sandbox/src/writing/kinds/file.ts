import { functionSource } from "./function-source.js";
import type { LongKind } from "./long-kind.js";

export const file: LongKind = {
  // 6 kB.
  defaultTokens: 1536,
  head: 'import { strict as assert } from "node:assert";\n\n',
  unit: functionSource,
  before: (index) => (index === 0 ? "" : "\n\n"),
  tail: "\n",
};
