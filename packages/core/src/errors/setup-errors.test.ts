import { expect, test } from "vitest";
import { InvalidOptionsError, LedgerError } from "./setup-errors.js";

test.each([
  [InvalidOptionsError, "invalid_options", LedgerError],
  [LedgerError, "ledger", InvalidOptionsError],
] as const)("%o has one code, is fatal, and keeps its cause", (Type, code, Other) => {
  const cause = new Error("inner");
  const error = new Type("Wrong.", { cause });
  expect(error).toMatchObject({ name: Type.name, code, message: "Wrong.", retryable: false, cause });
  expect(error).toBeInstanceOf(TypeError);
  expect([Type.isInstance(error), Other.isInstance(error), Type.isInstance(new TypeError("Wrong."))]).toEqual([
    true,
    false,
    false,
  ]);
  expect(new Type("Wrong.")).not.toHaveProperty("cause");
});
