import type { ServerResponse } from "node:http";
import { describe, expect, it, test } from "vitest";
import { createPair, createTestEngine, rejection } from "../testing/engine.js";
import { errorBody, serve } from "../testing/server.js";

const PNG = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(100_000, 7)]);
const DATA = PNG.toString("base64");
const asData = { prompt: "A boat", response_format: "b64_json" } as const;

/** An upstream whose pictures lie on its own server, except those that lie elsewhere. */
function serveUpstream(answer: (response: ServerResponse, base: string, count: number) => void): Promise<string> {
  let calls = 0;
  return serve(({ method, url = "", headers, socket }, response) => {
    if (method === "POST") {
      calls += 1;
      answer(response, `http://127.0.0.1:${socket.localPort}`, calls);
    } else if (headers.authorization !== undefined) response.writeHead(500).end();
    else if (url.startsWith("/good")) response.end(PNG);
    else response.writeHead(404).end("<html>");
  });
}

describe("pictures asked for as data", () => {
  test.each([
    "flux/schnell",
    "flux-pro/v1.1-ultra",
    "stable-diffusion-v3-medium",
    "recraft-v3",
    "imagen-3.0-generate-002",
    "dall-e-2",
  ])("come as data from %s, from the engine and its fetch", async (model) => {
    const { laplas } = await createPair();
    const { data, laplas: report } = await laplas.image({ model, ...asData });
    const [image = {}] = data;
    expect(
      Buffer.from(image.b64_json ?? "", "base64")
        .subarray(0, 4)
        .toString("latin1"),
    ).toBe("\x89PNG");
    expect(image).not.toHaveProperty("url");
    expect(report.adjusted.filter(({ changesAnswer }) => changesAnswer === true)).toEqual([]);
    const body = JSON.stringify({ model, ...asData });
    const response = await laplas.fetch("http://x/v1/images/generations", { method: "POST", body });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ data: [{ b64_json: expect.any(String) }] });
  });

  it("are the picture's own bytes, with its own type, without the key", async () => {
    const url = await serveUpstream((response, base) => {
      response.end(JSON.stringify({ images: [{ url: `${base}/good.jpg`, width: 1, content_type: "image/jpeg" }] }));
    });
    const { laplas, events } = createTestEngine(url);
    const { data, laplas: report } = await laplas.image({ model: "flux/schnell", ...asData });
    expect(data).toEqual([{ width: 1, content_type: "image/png", b64_json: DATA }]);
    const adjusted = [{ field: "response_format", from: "b64_json", to: "response_format=fetched", rule: "dialect" }];
    expect(report.adjusted).toEqual(adjusted);
    expect(events).toMatchObject([{ type: "request" }, { type: "call", adjusted }]);
  });

  it("keep their address where they can't be fetched, and the report says so: they are paid for", async () => {
    const url = await serveUpstream((response, base) => {
      const urls = [`${base}/good.png`, `${base}/none.png`, "http://127.0.0.1:1/a.png", "file:///etc/passwd"];
      response.end(
        JSON.stringify({ images: urls.map((address) => ({ url: address })), meta: { usage: { tokens_used: 7 } } }),
      );
    });
    const { laplas, events } = createTestEngine(url);
    const { data, laplas: report } = await laplas.image({ model: "flux/schnell", ...asData });
    expect(data).toEqual([
      { b64_json: DATA },
      { url: expect.stringMatching(/\/none\.png$/) },
      { url: "http://127.0.0.1:1/a.png" },
      { url: "file:///etc/passwd" },
    ]);
    expect(report).toMatchObject({ apiTokens: 7, attempts: 1 });
    const last = { field: "response_format", to: "response_format=url", rule: "dialect", changesAnswer: true };
    expect(report.adjusted).toEqual([last]);
    const [request, warning, call] = events;
    expect(request).toMatchObject({ type: "request", outcome: "answered", status: 200 });
    expect(warning).toMatchObject({
      type: "warning",
      message: expect.stringMatching(/keeps its address.*: its server answered 404\.$|neither public|none of the web/),
    });
    expect(call).toMatchObject({ type: "call", outcome: "answered", adjusted: [last] });
  });

  it("are data in an error's `completed` too", async () => {
    const url = await serveUpstream((response, base, count) => {
      if (count === 2) response.writeHead(400).end(errorBody(400, "Body validation error!"));
      else response.end(JSON.stringify({ images: [{ url: `${base}/good.png` }] }));
    });
    const { laplas } = createTestEngine(url);
    const error = await rejection(laplas.image({ model: "flux/schnell", ...asData, n: 2 }));
    expect(error).toMatchObject({ code: "invalid_request", completed: [{ b64_json: DATA }] });
  });

  it("are left when their caller leaves", async () => {
    const leaving = new AbortController();
    const url = await serve(({ method, socket }, response) => {
      if (method === "POST")
        response.end(JSON.stringify({ images: [{ url: `http://127.0.0.1:${socket.localPort}/a.png` }] }));
      else response.write(PNG, () => leaving.abort(new Error("left")));
    });
    const { laplas } = createTestEngine(url);
    const work = laplas.image({ model: "flux/schnell", ...asData }, { signal: leaving.signal });
    await expect(work).rejects.toThrow("left");
  });
});

describe("pictures asked for as addresses", () => {
  const answered = async (format: object) => {
    const url = await serveUpstream((response) => {
      response.end(
        JSON.stringify({
          data: [
            { b64_json: DATA, revised_prompt: "x" },
            { b64_json: "PGh0bWw+" },
            { url: "https://a.test/a.png", b64_json: DATA },
          ],
        }),
      );
    });
    return (await createTestEngine(url).laplas.image({ model: "flux/schnell", prompt: "A boat", ...format })).data;
  };

  it("hold themselves where the model gave data", async () => {
    expect(await answered({ response_format: "url" })).toEqual([
      { revised_prompt: "x", url: `data:image/png;base64,${DATA}` },
      { b64_json: "PGh0bWw+" },
      { url: "https://a.test/a.png", b64_json: DATA },
    ]);
  });

  it("stay as they came where nothing was asked for", async () => {
    expect((await answered({}))[0]).toEqual({ b64_json: DATA, revised_prompt: "x" });
  });
});

describe("engine.fetchPicture", () => {
  it("gives a picture's bytes, and names the address of one that it can't get", async () => {
    const url = await serveUpstream(() => {});
    const { laplas } = createTestEngine(url);
    const { origin } = new URL(url);
    expect(await laplas.fetchPicture(`${origin}/good.png`)).toEqual({ bytes: new Uint8Array(PNG), type: "image/png" });
    const error = await rejection(laplas.fetchPicture(`${origin}/none.png`));
    expect(error).toMatchObject({
      code: "unexpected_response",
      retryable: false,
      message: `The picture was drawn, but can't be fetched: its server answered 404. It lies at ${origin}/none.png`,
    });
    const data = await rejection(laplas.fetchPicture("data:text/html;base64,PGh0bWw+"));
    expect((data as Error).message).toMatch(/not a picture\.$/);
    await expect(
      laplas.fetchPicture(`${origin}/good.png`, { signal: AbortSignal.abort(new Error("left")) }),
    ).rejects.toThrow("left");
  });
});
