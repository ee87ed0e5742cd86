import { describe, expect, it, test } from "vitest";
import { API_KEY } from "../testing/engine.js";
import { hideSecrets } from "./hide-secrets.js";

describe("hideSecrets", () => {
  const prompt = "the heron waits by the mill until the evening, and then it leaves";

  it("takes out the key, other keys and every longer piece of the prompt", () => {
    const said = `Key ${API_KEY} or sk-abcdefgh1234: "${prompt}" and "by the mill until the even"`;
    const shown = hideSecrets(said, API_KEY, [prompt]);
    expect(shown).toBe('Key [key] or [key]: "[prompt]" and "[prompt]"');
  });

  it("finds a prompt that was broken into lines, or is short", () => {
    expect(hideSecrets("bad: the heron waits by the\n mill", API_KEY, ["the heron\nwaits by the mill"])).toBe(
      "bad: [prompt]",
    );
    expect(hideSecrets('bad: "Hello!"', API_KEY, ["Hello!"])).toBe('bad: "[prompt]"');
  });

  it("leaves a key that is too short to be one, and a prompt that is part of ordinary words", () => {
    expect(hideSecrets("a test of keys", "test", [])).toBe("a test of keys");
    expect(hideSecrets("a secret of keys", "secret", [])).toBe("a [key] of keys");
    expect(hideSecrets("This is a cat, or cats", API_KEY, ["cat"])).toBe("This is a cat, or cats");
    expect(hideSecrets("This is a cat, or cats", API_KEY, ["cats"])).toBe("This is a cat, or [prompt]");
    expect(hideSecrets("bad", API_KEY, [""])).toBe("bad");
  });

  it("takes a run of sixteen shared characters for a piece of a prompt, and no shorter one", () => {
    expect(hideSecrets("x the heron waits |", API_KEY, [prompt])).toBe("x [prompt]|");
    expect(hideSecrets("x the heron waits|", API_KEY, [prompt])).toBe("x the heron waits|");
  });

  it("leaves a message without them as it is, on one line, cut at 300 characters", () => {
    expect(hideSecrets("  Expected string,\n received number ", API_KEY, [prompt])).toBe(
      "Expected string, received number",
    );
    expect(hideSecrets("x".repeat(5_000), API_KEY, []).length).toBe(303);
  });

  it("takes out a key, and a short prompt, that the longest piece looked at would cut", () => {
    // What is hidden shrinks, and so brings the end of the piece into view.
    const hidden = `${prompt} `.repeat(8);
    for (let at = 0; at < 40; at += 1) {
      const before = `${hidden}${"y".repeat(600 - hidden.length - 40 + at)}`;
      expect(hideSecrets(`${before}${API_KEY}`, API_KEY, [prompt])).not.toContain(API_KEY.slice(0, 8));
      expect(hideSecrets(`${before} Hello!`, API_KEY, [prompt, "Hello!"])).not.toContain("Hel");
    }
  });

  test.each([
    ["one text", [10_000_000]],
    ["a thousand", Array<number>(1_000).fill(10_000)],
    ["a hundred thousand", Array<number>(100_000).fill(100)],
  ])("gets through 10 MB in %s", (_, lengths) => {
    const texts = lengths.map((length, index) =>
      `${index} lorem ipsum dolor sit amet, `.repeat(Math.ceil(length / 28)),
    );
    expect(hideSecrets("y".repeat(600), API_KEY, texts)).toBe(`${"y".repeat(300)}...`);
  });
});
