import { expect, it } from "vitest";
import { openGateway } from "../testing/open-gateway.js";
import { connectHttp, connectStdio, textsOf } from "../testing/open-mcp.js";

/** Drawn quickly. */
const SIZE = "256x256";
const PNG = "iVBORw0KGgo";
/** Answers with data, never with an address. */
const BY_DATA = "imagen-3.0-generate-002";

it("gives the address over HTTP, of the gateway where the picture came as data, and the picture where that was asked", async () => {
  const { gateway, ask, sandbox } = await openGateway();
  const client = await connectHttp(gateway);
  const call = (args: object) =>
    client.callTool({ name: "draw_image", arguments: { prompt: "a cat", size: SIZE, ...args } });
  const [ofProvider, ofGateway] = [await call({}), await call({ model: BY_DATA, size: undefined })];
  expect(ofProvider.content[0]).toMatchObject({ type: "resource_link", uri: expect.stringContaining(sandbox.url) });
  const [link] = ofGateway.content;
  if (link?.type !== "resource_link") throw new Error("no link");
  expect(link).toMatchObject({
    uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4114\/images\//),
    mimeType: "image/png",
  });
  expect(ofGateway.structuredContent).toMatchObject({ images: [{ url: link.uri, mime_type: "image/png" }] });
  expect(textsOf(ofGateway)[0]).toContain(link.uri);
  expect((await ask(new URL(link.uri).pathname)).headers.get("content-type")).toBe("image/png");
  for (const model of ["flux/schnell", BY_DATA]) {
    const { content } = await call({ model, as: "picture", size: undefined });
    expect(content[0]).toMatchObject({ type: "image", mimeType: "image/png", data: expect.stringContaining(PNG) });
  }
});

it("gives the picture over stdio, or its address where it has one", async () => {
  const { laplas } = await openGateway();
  const { client } = await connectStdio(laplas);
  const call = (args: object) =>
    client.callTool({ name: "draw_image", arguments: { prompt: "a cat", size: SIZE, ...args } });
  expect((await call({})).content[0]).toMatchObject({ type: "image" });
  expect((await call({ as: "link" })).content[0]).toMatchObject({ type: "resource_link" });
  expect((await call({ as: "link", model: BY_DATA, size: undefined })).content[0]).toMatchObject({ type: "image" });
});

it("draws several in turn, and gives those that were drawn before a failure", async () => {
  const { laplas, sandbox } = await openGateway();
  const { client } = await connectStdio(laplas);
  const call = () => client.callTool({ name: "draw_image", arguments: { prompt: "a boat", count: 3, size: SIZE } });
  const all = await call();
  expect(all.content.map(({ type }) => type)).toEqual(["image", "image", "image", "text"]);
  expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  let count = 0;
  sandbox.fault(
    { kind: "respond", status: 400, body: { message: "no" } },
    { when: ({ method }) => method === "POST" && ++count === 3 },
  );
  const some = await call();
  expect(some.isError).toBe(true);
  expect(some.content.map(({ type }) => type)).toEqual(["text", "text", "image", "image"]);
  expect(textsOf(some)).toEqual([expect.stringMatching(/^Do not retry: /), "Before that, 2 pictures of 3 were drawn:"]);
});

it("gives the address of a picture that can't be fetched: it is paid for", async () => {
  const { laplas, sandbox } = await openGateway();
  const { client } = await connectStdio(laplas);
  // Of another origin: an address of this machine is not asked.
  const body = { images: [{ url: "http://127.0.0.1:9/cat.png" }], usage: { api_tokens: 512 } };
  sandbox.fault({ kind: "respond", status: 200, body });
  const { content, isError = false } = await client.callTool({ name: "draw_image", arguments: { prompt: "a cat" } });
  expect([content[0]?.type, isError]).toEqual(["resource_link", false]);
});

it("says what was changed", async () => {
  const { gateway } = await openGateway();
  const client = await connectHttp(gateway);
  const args = { prompt: "a cat", model: "dall-e-3", size: "1024x1024" };
  const result = await client.callTool({ name: "draw_image", arguments: args });
  expect(result.structuredContent).toMatchObject({ adjusted: ["size=512x512"] });
  expect(textsOf(result)[0]).toContain("changed: size=512x512");
});
