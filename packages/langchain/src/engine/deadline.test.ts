import { expect, test } from "vitest";
import { ChatLaplas } from "../chat/chat-laplas.js";
import { LaplasEmbeddings } from "../embeddings/laplas-embeddings.js";
import { LaplasImages } from "../images/laplas-images.js";
import { openWorld, rejection, type World } from "../testing/open-world.js";

const OWN = { deadlineMs: 60, maxRetries: 0 };

test.each<[string, (engine: World["engine"]) => Promise<unknown>]>([
  ["ChatLaplas", (engine) => new ChatLaplas({ model: "gpt-4o-mini", engine, ...OWN }).invoke("Hello")],
  [
    "LaplasEmbeddings",
    (engine) => new LaplasEmbeddings({ model: "text-embedding-3-small", engine, ...OWN }).embedQuery("a"),
  ],
  ["LaplasImages", (engine) => new LaplasImages({ model: "flux/schnell", engine, ...OWN }).invoke("A boat")],
])("%s ends a request at its own deadline, and refuses one that is none", async (name, call) => {
  const { engine, sandbox } = await openWorld();
  // So short a deadline leaves no time to connect, and a request that never left has no deadline of its own.
  await engine.embed({ model: "text-embedding-3-small", input: "a" });
  sandbox.fault({ kind: "stall" });
  expect(await rejection(call(engine))).toMatchObject({
    code: "timeout",
    message: expect.stringContaining('deadline of 60 ms (option "deadlineMs")'),
  });
  expect(() => {
    const Model = { ChatLaplas, LaplasEmbeddings, LaplasImages }[name] as typeof ChatLaplas;
    return new Model({ model: "gpt-4o-mini", engine, deadlineMs: -1 });
  }).toThrow(/"deadlineMs" is "-1"/);
});
