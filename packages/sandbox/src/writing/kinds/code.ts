import { functionSource } from "./function-source.js";
import type { LongKind } from "./long-kind.js";
import { sentence } from "./sentence.js";

export const code: LongKind = {
  defaultTokens: 3000,
  unit: (index, seed) => `${index + 1}. ${sentence(index, seed)}:\n\n\`\`\`ts\n${functionSource(index, seed)}\n\`\`\``,
  before: (index) => (index === 0 ? "" : "\n\n"),
};
