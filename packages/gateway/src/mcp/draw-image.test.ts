import { existsSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { openGateway } from "../testing/open-gateway.js";
import { connectHttp, connectStdio, textsOf } from "../testing/open-mcp.js";

/** Drawn quickly. */
const QUICK = { size: "256x256" };
/** Answers with data, never with an address. */
const BY_DATA = { model: "imagen-3.0-generate-002" };
const PNG = "iVBORw0KGgo";

const draw = (args: object) => ({ name: "draw_image", arguments: { prompt: "a cat", ...args } });
const typesOf = ({ content }: { readonly content: readonly { readonly type: string }[] }) =>
  content.map(({ type }) => type);

it("gives addresses over HTTP, those of the gateway where pictures came as data, and pictures where that was asked", async () => {
  const { gateway, ask, sandbox } = await openGateway();
  const client = await connectHttp(gateway);
  const [ofProvider, ofGateway] = [await client.callTool(draw(QUICK)), await client.callTool(draw(BY_DATA))];
  expect([typesOf(ofProvider), typesOf(ofGateway)]).toEqual([["text"], ["text"]]);
  expect(ofProvider.structuredContent).toMatchObject({ images: [{ url: expect.stringContaining(sandbox.url) }] });
  const { images } = ofGateway.structuredContent as { images: { url: string }[] };
  const [{ url } = { url: "" }] = images;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:4114\/images\//);
  expect(textsOf(ofGateway)[0]).toContain(`1 picture by ${BY_DATA.model}: ${url} (512 API tokens, `);
  expect((await ask(new URL(url).pathname)).headers.get("content-type")).toBe("image/png");
  for (const model of [QUICK, BY_DATA]) {
    const { content } = await client.callTool(draw({ ...model, as: "picture" }));
    expect(content[0]).toMatchObject({ type: "image", mimeType: "image/png", data: expect.stringContaining(PNG) });
  }
});

it("gives pictures over stdio, with the address of a file where they came as data, until the server ends", async () => {
  const { laplas } = await openGateway();
  const { client, stop, ended } = await connectStdio(laplas);
  expect(typesOf(await client.callTool(draw(QUICK)))).toEqual(["image", "text"]);
  expect(typesOf(await client.callTool(draw({ ...QUICK, as: "link" })))).toEqual(["text"]);
  const byData = await client.callTool(draw(BY_DATA));
  expect(typesOf(byData)).toEqual(["image", "text"]);
  const { images } = byData.structuredContent as { images: { url: string }[] };
  const path = fileURLToPath(images[0]?.url ?? "");
  const [image] = byData.content;
  expect(readFileSync(path).toString("base64")).toBe(image?.type === "image" ? image.data : "");
  expect(statSync(path).mode & 0o077).toBe(0);
  stop();
  await ended;
  expect(existsSync(path)).toBe(false);
});

it("draws several in turn, and gives those that were drawn before a failure", async () => {
  const { laplas, sandbox } = await openGateway();
  const { client } = await connectStdio(laplas);
  const several = draw({ ...QUICK, count: 3 });
  expect(typesOf(await client.callTool(several))).toEqual(["image", "image", "image", "text"]);
  await sandbox.idle();
  expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  let count = 0;
  sandbox.fault(
    { kind: "respond", status: 400, body: { message: "no" } },
    { when: ({ method }) => method === "POST" && ++count === 3 },
  );
  const some = await client.callTool(several);
  expect([some.isError, typesOf(some)]).toEqual([true, ["text", "text", "image", "image"]]);
  expect(textsOf(some)).toEqual([
    expect.stringMatching(/^Do not retry: /),
    expect.stringMatching(/^Before that, 2 pictures of 3 were drawn: http\S+ http\S+\.$/),
  ]);
});

it("gives the address of a picture that can't be fetched: it is paid for", async () => {
  const { laplas, sandbox } = await openGateway();
  const { client } = await connectStdio(laplas);
  // Of another origin: an address of this machine is not asked.
  const url = "http://127.0.0.1:9/cat.png";
  sandbox.fault({ kind: "respond", status: 200, body: { images: [{ url }], usage: { api_tokens: 512 } } });
  const result = await client.callTool(draw(QUICK));
  expect([result.isError ?? false, typesOf(result)]).toEqual([false, ["text"]]);
  expect(result.structuredContent).toMatchObject({ images: [{ url }] });
});

it("says what was changed", async () => {
  const { gateway } = await openGateway();
  const client = await connectHttp(gateway);
  const result = await client.callTool(draw({ model: "dall-e-3", size: "1024x1024" }));
  expect(result.structuredContent).toMatchObject({ adjusted: ["size=512x512"] });
  expect(textsOf(result)[0]).toContain("changed: size=512x512");
});
