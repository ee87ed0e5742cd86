import { describe, expect, it } from "vitest";
import { completedOf, setCompleted } from "./set-completed.js";

describe("setCompleted", () => {
  it("gives an error what was finished before it, as a list of its own", () => {
    const error = new Error("failed");
    const finished = ["a"];
    setCompleted(error, finished);
    finished.push("b");
    expect(completedOf(error)).toEqual(["a"]);
  });

  it("refills the list of the engine, whose property can't be defined anew", () => {
    const list = ["raw", "raw", "raw"];
    const error = Object.defineProperty(new Error("failed"), "completed", { value: list, enumerable: true });
    setCompleted(error, ["read"]);
    expect(list).toEqual(["read"]);
  });

  it("leaves alone what can't hold it, and says nothing of nothing", () => {
    for (const reason of [undefined, null, "a text", Object.freeze(new Error("frozen"))]) {
      expect(() => setCompleted(reason, ["a"])).not.toThrow();
      expect(completedOf(reason)).toEqual([]);
    }
    const error = new Error("failed");
    setCompleted(error, []);
    expect(error).not.toHaveProperty("completed");
  });
});
