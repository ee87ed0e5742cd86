import { type FaultOptions, longText, type Sandbox } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { dayOf } from "../clients/open-gateway.ts";
import { FAMILIES } from "../open-roomy.ts";
import { askLong } from "./ask-long.ts";
import { expectNoRefusal, openLong } from "./open-long.ts";

/** An answer that can't be continued to its end is given as it is, cut, with the reason: never as an error. */

const MODEL = FAMILIES.openai;
const TEXT = longText({ tokens: 3_000, seed: 3 });
const REQUEST = { model: MODEL, messages: [{ role: "user" as const, content: "Write sentences." }] };
/** Characters of a part of 512 tokens. */
const PART = 2_048;

/** The third request, where an answer has two parts already. */
const third = (sandbox: Sandbox): FaultOptions => ({ when: () => sandbox.requests.length === 3 });

/** @param parts that the text is of; each but the first has a little less than its share, for its echo and mark */
function expectBeginning(text: string, parts: number): void {
  expect(TEXT.startsWith(text)).toBe(true);
  expect(text.length).toBeGreaterThan(parts * (PART - 120));
  expect(text.length).toBeLessThanOrEqual(parts * PART);
}

describe.each([
  ["whole", false],
  ["streamed", true],
] as const)("an answer, %s", (_, stream) => {
  it("ends with as many follow-ups as are allowed", async () => {
    const { sandbox, laplas } = await openLong({ continueAtCap: 2 });
    sandbox.write({ text: TEXT });
    const answer = await askLong(laplas, REQUEST, { stream });
    expect(answer).toMatchObject({ finishReason: "length", ended: "parts", parts: 3 });
    expect(answer.report).toMatchObject({ truncatedByTier: true, apiTokens: sandbox.used() });
    expectBeginning(answer.text, 3);
    expectNoRefusal(sandbox);
  });

  it("ends where the day does, and nothing is sent beyond it", async () => {
    const { sandbox, another } = await openLong();
    sandbox.write({ text: TEXT });
    const laplas = another({ tier: dayOf(1_400) });
    const answer = await askLong(laplas, REQUEST, { stream });
    expect(answer).toMatchObject({ finishReason: "length", ended: "budget", parts: 2 });
    expect(answer.report).toMatchObject({ truncatedByTier: true, apiTokens: sandbox.used() });
    expect(sandbox.requests).toHaveLength(2);
    expectBeginning(answer.text, 2);
    expectNoRefusal(sandbox);
  });

  it("ends with an abort in the middle", async () => {
    const { sandbox, laplas } = await openLong();
    const { promise, resolve } = Promise.withResolvers<void>();
    sandbox.write({ text: TEXT });
    sandbox.fault({ kind: "hold", until: promise, afterChunks: stream ? 40 : 0 }, third(sandbox));
    const leaving = new AbortController();
    const asked = askLong(laplas, REQUEST, { stream, signal: leaving.signal });
    await sandbox.received(3);
    leaving.abort();
    resolve();
    const answer = await asked;
    expect(answer).toMatchObject({ finishReason: "length", ended: "aborted" });
    expect(TEXT.startsWith(answer.text)).toBe(true);
    expect(answer.text.length).toBeGreaterThan(2 * (PART - 120));
    await sandbox.idle();
    expect(sandbox.requests).toHaveLength(3);
    expectNoRefusal(sandbox);
  });

  it("ends with a deadline in the middle", async () => {
    const { sandbox, laplas } = await openLong({ maxRetries: 0 });
    sandbox.write({ text: TEXT });
    sandbox.fault({ kind: "stall", afterChunks: 0 }, third(sandbox));
    const answer = await askLong(laplas, REQUEST, { stream, deadlineMs: 2_000 });
    expect(answer).toMatchObject({ finishReason: "length", ended: "deadline" });
    expectBeginning(answer.text, 2);
    expectNoRefusal(sandbox);
  });

  it("ends with a refusal in the middle", async () => {
    const { sandbox, laplas } = await openLong();
    sandbox.write({ text: TEXT });
    sandbox.fault({ kind: "respond", status: 400, body: { error: { message: "No." } } }, third(sandbox));
    const answer = await askLong(laplas, REQUEST, { stream });
    expect(answer).toMatchObject({ finishReason: "length", ended: "refused" });
    expectBeginning(answer.text, 2);
    expect(sandbox.requests).toHaveLength(3);
  });

  it("ends with a failure in the middle", async () => {
    const { sandbox, laplas } = await openLong({ maxRetries: 0 });
    sandbox.write({ text: TEXT });
    sandbox.fault({ kind: "html", status: 502 }, third(sandbox));
    const answer = await askLong(laplas, REQUEST, { stream });
    expect(answer).toMatchObject({ finishReason: "length", ended: "failed" });
    expectBeginning(answer.text, 2);
  });

  it("goes on after a failure that a retry heals", async () => {
    const { sandbox, laplas } = await openLong({ maxRetries: 1 });
    sandbox.write({ text: TEXT });
    sandbox.fault({ kind: "rateLimit", retryAfterSeconds: 0 }, third(sandbox));
    const answer = await askLong(laplas, REQUEST, { stream });
    expect(answer).toMatchObject({ text: TEXT, finishReason: "stop", ended: "complete" });
    expect(answer.report.attempts).toBe(answer.parts + 1);
  });

  it("ends where its next request is too long for the model", async () => {
    const models = [{ id: MODEL, modality: "chat", contextTokens: 1_200 } as const];
    const { sandbox, laplas } = await openLong({ models });
    sandbox.write({ text: TEXT });
    const answer = await askLong(laplas, REQUEST, { stream });
    expect(answer).toMatchObject({ finishReason: "length", ended: "context" });
    expect(answer.parts).toBeGreaterThan(1);
    expectBeginning(answer.text, answer.parts);
    expect(sandbox.requests).toHaveLength(answer.parts);
    expectNoRefusal(sandbox);
  });

  it("ends where its end stands in it more than once", async () => {
    const { sandbox, laplas } = await openLong();
    const loop = `The ships: ${"red, white and blue, ".repeat(500)}`;
    sandbox.write({ text: loop });
    const answer = await askLong(laplas, REQUEST, { stream });
    expect(answer).toMatchObject({ text: loop.slice(0, PART), finishReason: "length", ended: "repeating", parts: 1 });
    expect(sandbox.requests).toHaveLength(1);
  });

  it("ends where nothing new was said twice", async () => {
    const { sandbox, laplas } = await openLong();
    sandbox.write({ text: TEXT, habit: ["repeats", "thinks", "thinks"] });
    const answer = await askLong(laplas, REQUEST, { stream });
    expect(answer).toMatchObject({ finishReason: "length", ended: "thoughts", parts: 4 });
    expectBeginning(answer.text, 2);
  });

  it("is asked once more after a follow-up that proves nothing, and goes on", async () => {
    const { sandbox, laplas } = await openLong({ continueAtCap: 12 });
    sandbox.write({
      text: TEXT,
      habit: ["repeats", "ignores", "repeats", "empty", "repeats", "changesMind", "repeats"],
    });
    const answer = await askLong(laplas, REQUEST, { stream });
    expect(answer).toMatchObject({ text: TEXT, finishReason: "stop", ended: "complete" });
    expect(answer.report.parts?.map(({ seam }) => seam).join()).toMatch(
      /^first,echo,none,echo,none,echo,none,echo,echo/,
    );
  });
});

it("a reader that leaves a stream in the middle ends it, and the account is charged what the sandbox charges", async () => {
  const { sandbox, laplas } = await openLong();
  sandbox.write({ text: TEXT });
  const stream = laplas.chatStream(REQUEST);
  let text = "";
  for await (const { choices } of stream) {
    text += choices[0]?.delta?.content ?? "";
    if (text.length > 2 * PART) break;
  }
  const report = await stream.report;
  await sandbox.idle();
  expect(TEXT.startsWith(text)).toBe(true);
  expect(sandbox.requests.length).toBeLessThan(7);
  expect(report.apiTokens).toBeGreaterThanOrEqual(sandbox.used());
  expectNoRefusal(sandbox);
});
