import { describe, expect, it } from "vitest";
import { openWorld } from "../testing/open-world.js";
import { answerTokens, continuingSettings } from "./answer-length.js";
import { findChatLaplas } from "./chat-laplas-in.js";

const found = async (model: unknown) => findChatLaplas(model);

describe("the settings with which a model continues", () => {
  it("have the middleware's number where nobody else says one", async () => {
    const { chat } = await openWorld();
    expect(continuingSettings(await found(chat()), { temperature: 0 }, 8)).toEqual({
      temperature: 0,
      continueAtCap: 8,
    });
    expect(continuingSettings(await found(chat({ continueAtCap: 2 })), {}, 8)).toEqual({});
    expect(continuingSettings(await found(chat().withConfig({ continueAtCap: 0 })), {}, 8)).toEqual({});
    expect(continuingSettings(await found(chat()), { continueAtCap: 1 }, 8)).toEqual({ continueAtCap: 1 });
    expect(continuingSettings(await found({}), undefined, 8)).toEqual({});
  });
});

describe("how long an answer may be", () => {
  it("is the tier's limit, and what its follow-ups add, within the caller's own", async () => {
    const { chat } = await openWorld();
    expect(answerTokens(await found(chat()), {})).toBe(512);
    expect(answerTokens(await found(chat()), { continueAtCap: 2 })).toBe(512 + 2 * 460);
    expect(answerTokens(await found(chat({ continueAtCap: 2 })), { continueAtCap: 0 })).toBe(512);
    const bound = chat({ continueAtCap: 8 }).withConfig({ continueAtCap: 1 }).withConfig({ maxTokens: 5_000 });
    expect(answerTokens(await found(bound), {})).toBe(512 + 460);
    expect(answerTokens(await found(bound), { maxTokens: 700 })).toBe(700);
    expect(answerTokens(await found(chat({ maxTokens: 100 })), {})).toBe(100);
    expect(answerTokens(await found({}), {})).toBeUndefined();
  });

  it("is nobody's business on a tier without a limit", async () => {
    const { chat } = await openWorld({}, { tier: "paid" });
    expect(answerTokens(await found(chat({ continueAtCap: 8 })), {})).toBeUndefined();
  });
});
