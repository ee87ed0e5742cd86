/* LangChain has no standard tests for images: what its Runnables promise, over every family of image models. */
import { PromptTemplate } from "@langchain/core/prompts";
import { Runnable, RunnableLambda } from "@langchain/core/runnables";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type LaplasImage, LaplasImages, type LaplasImagesFields, LaplasImageTool } from "../index.js";
import { openWorld, rejection, type World } from "../testing/open-world.js";

const MODELS = ["flux/schnell", "stable-diffusion-v3-medium", "recraft-v3", "dall-e-3", "imagen-3.0-generate-002"];

interface Subject extends World {
  make(fields?: LaplasImagesFields): LaplasImages;
}

/** An address, or data where the model gives nothing else (imagen). */
const content = (picture: LaplasImage | undefined) => picture?.url ?? picture?.data ?? "";
function expectPictures(pictures: readonly LaplasImage[], count = 1): void {
  expect(pictures.map(({ type }) => type)).toEqual(Array(count).fill("image"));
  for (const picture of pictures) expect(content(picture)).not.toBe("");
}
const fox = "a red fox in the snow";

const CHECKS: Record<string, (subject: Subject) => Promise<unknown>> = {
  "construction: is a Runnable": async ({ make }) => expect(Runnable.isRunnable(make())).toBe(true),
  "construction: takes key and address from the environment": async ({ make, sandbox }) => {
    vi.stubEnv("LAPLAS_API_KEY", "from-the-environment");
    vi.stubEnv("LAPLAS_BASE_URL", sandbox.baseURL);
    vi.stubEnv("LAPLAS_LEDGER", "memory");
    onTestFinished(() => void vi.unstubAllEnvs());
    await new LaplasImages(make().model).invoke(fox);
    expect(sandbox.used("from-the-environment")).toBeGreaterThan(0);
  },
  "invoke: a standard image block": async ({ make }) => expectPictures(await make().invoke(fox)),
  "invoke: after a template, before a function": async ({ make }) => {
    const first = RunnableLambda.from((pictures: LaplasImage[]) => content(pictures[0]));
    const chain = PromptTemplate.fromTemplate("a red {animal}")
      .pipe(make() as never)
      .pipe(first as never);
    expect(await chain.invoke({ animal: "fox" })).not.toBe("");
  },
  "stream: one chunk": async ({ make }) => {
    let count = 0;
    for await (const pictures of await make().stream(fox)) {
      expectPictures(pictures);
      count += 1;
    }
    expect(count).toBe(1);
  },
  "batch: in order, one at a time": async ({ make }) => {
    expectPictures((await make().batch([fox, "a blue boat"])).flat(), 2);
  },
  "abort: sends nothing": async ({ make, sandbox }) => {
    const error = await rejection(make().invoke(fox, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: "AbortError" });
    expect(sandbox.counts().received).toBe(0);
  },
  "errors are the engine's": async ({ make, sandbox }) => {
    sandbox.fault({ kind: "serverError" });
    expect(await rejection(make({ maxRetries: 0 }).invoke(fox))).toMatchObject({ code: "unavailable" });
  },
  "as a tool: text for the model, pictures as artifact": async ({ make, engine }) => {
    const drawing = new LaplasImageTool(make().model, { engine });
    const call = { type: "tool_call" as const, id: "call_1", name: drawing.name, args: { prompt: fox } };
    const message = await drawing.invoke(call);
    expect(message).toMatchObject({
      tool_call_id: "call_1",
      artifact: [{ type: "image" }],
      content: expect.not.stringMatching(/http/),
    });
  },
};

describe.each(MODELS)("%s", (model) => {
  it.each(Object.entries(CHECKS))("%s", async (_, check) => {
    const world = await openWorld();
    await check({ ...world, make: (fields) => new LaplasImages({ model, engine: world.engine, ...fields }) });
    expect(world.sandbox.counts().refused).toBe(0);
  });
});
