import { expect, it } from "vitest";
import { openShell } from "../testing/open-shell.js";

const HELLO = '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}';

it("a ledger that can't be opened leaves check, plan and models to answer without counts, and status to say why it can't", async () => {
  const shell = await openShell();
  const environment = { LAPLAS_LEDGER: "sqlite:/proc/none/ledger" };
  const sentence = /\/proc\/none\/ledger failed, so nothing was sent uncounted: .*sqlite:\/tmp\/.*LAPLAS_LEDGER=memory/;
  const text = (printed: string): string => printed.replace(/\s+/g, " ");
  const check = await shell.run(["check", "--model", "gpt-4o-mini", "--max-tokens", "4000"], { environment });
  expect(check.code).toBe(1);
  expect(text(check.stdout)).toMatch(/Would not be sent\. .*max_tokens=512.* Passes once that is fixed/);
  expect(text(check.stdout)).toMatch(sentence);
  const plan = await shell.run(["plan", "-"], { environment, input: HELLO });
  expect(plan.code).toBe(3);
  expect(text(plan.stdout)).toMatch(/Takes 1 day, if nothing is used yet\. .*Not known what is left: The ledger/);
  const models = await shell.run(["models", "gpt-4o-mini", "--json"], { environment });
  expect([models.code, JSON.parse(models.stdout).data[0].calls_left]).toEqual([0, null]);
  expect(models.stderr).toMatch(sentence);
  const status = await shell.run(["status"], { environment });
  expect([status.code, status.stdout]).toEqual([1, ""]);
  expect(status.stderr).toMatch(sentence);
  expect(shell.sandbox.counts().received).toBe(0);
});
