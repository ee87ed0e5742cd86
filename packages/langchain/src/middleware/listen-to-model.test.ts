import { describe, expect, it } from "vitest";
import { openWorld, rejection } from "../testing/open-world.js";
import { listenToModel } from "./listen-to-model.js";

describe("listening to a model", () => {
  it("hears its last answer, whole and streamed, and keeps the caller's settings", async () => {
    const { chat } = await openWorld();
    const heard: string[] = [];
    const own = { handleLLMEnd: () => void heard.push("own") };
    for (const streaming of [false, true]) {
      const model = listenToModel({ temperature: 0, callbacks: [own] });
      expect(model.heard()).toBeUndefined();
      const bound = chat({ streaming }).bindTools([], model.settings);
      await bound.invoke("Repeat the word: land");
      const answer = await bound.invoke("Repeat the word: sea");
      expect(model.heard()).toBe(answer);
      expect(model.settings).toMatchObject({ temperature: 0 });
    }
    expect(heard.length).toBe(4);
  });

  it("hears it before the caller does, however slow other callbacks are", async () => {
    const { chat } = await openWorld();
    const slow = Promise.withResolvers<void>();
    const model = listenToModel({ callbacks: [{ handleLLMEnd: () => slow.promise }] });
    const answer = await chat().bindTools([], model.settings).invoke("Hello");
    expect(model.heard()).toBe(answer);
    slow.resolve();
  });

  it("has heard nothing of a call that failed", async () => {
    const { chat, sandbox } = await openWorld();
    const model = listenToModel();
    const bound = chat({ maxRetries: 0 }).bindTools([], model.settings);
    await bound.invoke("Hello");
    sandbox.fault({ kind: "serverError" });
    await rejection(bound.invoke("Hello"));
    expect(model.heard()).toBeUndefined();
  });

  it("leaves a callback manager alone", () => {
    const callbacks = { handlers: [] };
    expect(listenToModel({ callbacks }).settings).toEqual({ callbacks });
  });
});
