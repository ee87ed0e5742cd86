import { expect, test } from "vitest";
import { createTestContext, plan } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { isContinued } from "./is-continued.js";

test.each<[continueAtCap: number, fields: object, adjusted: string[]]>([
  [8, { max_tokens: 4_000 }, ["max_tokens=512_per_request"]],
  [8, {}, ["max_tokens=512_per_request"]],
  [8, { max_completion_tokens: 4_000 }, ["max_completion_tokens=512_per_request"]],
  [0, { max_tokens: 4_000 }, ["max_tokens=512"]],
  [8, { max_tokens: 4_000, logprobs: true }, ["max_tokens=512"]],
  [8, { max_tokens: 512 }, []],
])(
  "with %i follow-ups %j is adjusted to %j: a limit of each request where they continue it",
  (continueAtCap, fields, adjusted) => {
    const { context } = createTestContext();
    const call = plan(context, ask("Hello", fields), { continueAtCap });
    expect(call.adjusted.map(({ to }) => to)).toEqual(adjusted);
    expect(isContinued(call)).toBe(adjusted.some((to) => to.endsWith("_per_request")));
  },
);
