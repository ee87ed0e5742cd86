import { load } from "@langchain/core/load";
import { expect, it, test } from "vitest";
import { ChatLaplas } from "../chat/chat-laplas.js";
import { LaplasImages } from "../images/laplas-images.js";
import { openWorld } from "../testing/open-world.js";

/** Objects as the first edition wrote them down, and a map of what they may be made of. */
const OPTIONS = {
  secretsMap: { LAPLAS_API_KEY: "key-of-the-first-edition" },
  optionalImportsMap: { "langchain/chat_models/laplas": { ChatLaplas }, "langchain/images/laplas": { LaplasImages } },
};
const written = (id: readonly string[], baseURL: string, kwargs: object): string =>
  JSON.stringify({
    lc: 1,
    type: "constructor",
    id: ["langchain", ...id],
    kwargs: {
      base_url: baseURL,
      on_excess: "adjust",
      patience_ms: 30_000,
      unknown_models: "refuse",
      tier: "free",
      ledger: "memory",
      api_key: { lc: 1, type: "secret", id: ["LAPLAS_API_KEY"] },
      ...kwargs,
    },
  });

test.each([
  ["worst", true],
  ["expected", false],
])(
  "a model of the first edition with reserve: %s loads, calls, and can be written down again",
  async (reserve, isWorst) => {
    const { sandbox } = await openWorld();
    const text = written(["chat_models", "laplas", "ChatLaplas"], sandbox.baseURL, {
      model: "gpt-4o-mini",
      temperature: 0.2,
      max_tokens: 50,
      stop: ["END"],
      reserve,
    });
    const loaded = await load<ChatLaplas>(text, OPTIONS);
    expect(loaded).toBeInstanceOf(ChatLaplas);
    expect(loaded).toMatchObject({ model: "gpt-4o-mini", temperature: 0.2, maxTokens: 50, stop: ["END"] });
    const { cost } = await loaded.check("Hello");
    expect(cost?.expected === cost?.worst).toBe(isWorst);
    expect((await loaded.invoke("Hello")).text).toContain("Hello");
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });

    const again = await load<ChatLaplas>(JSON.stringify(loaded), OPTIONS);
    expect(again.lc_kwargs).toEqual(loaded.lc_kwargs);
  },
);

it("an image model of the first edition loads and draws", async () => {
  const { sandbox } = await openWorld();
  const kwargs = { model: "flux/schnell", size: "512x512", reserve: "worst" };
  const loaded = await load<LaplasImages>(
    written(["images", "laplas", "LaplasImages"], sandbox.baseURL, kwargs),
    OPTIONS,
  );
  expect(loaded).toMatchObject({ model: "flux/schnell", size: "512x512" });
  expect(await loaded.invoke("a red fox")).toMatchObject([{ type: "image" }]);
  expect(sandbox.counts().refused).toBe(0);
});
