import type { LongKind } from "./long-kind.js";
import { sentence } from "./sentence.js";

const perParagraph = 5;

export const sentences: LongKind = {
  defaultTokens: 3000,
  unit: (index, seed) => `${index + 1}. ${sentence(index, seed)}.`,
  before: (index) => (index === 0 ? "" : index % perParagraph === 0 ? "\n\n" : " "),
};
