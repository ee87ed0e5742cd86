import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ChatLaplas, LaplasEmbeddings, LaplasImages } from "../index.js";
import { openWorld } from "../testing/open-world.js";
import { engineFor } from "./shared-engine.js";
import { withHeaders } from "./with-headers.js";

const SECRET = "secret-of-a-proxy";

describe("defaultHeaders", () => {
  it("go with every request of every class, over the engine's own", async () => {
    const { sandbox } = await openWorld();
    const defaultHeaders = { "X-Team": "blue", "user-agent": "my-program/1" };
    const fields = { apiKey: "key", baseURL: sandbox.baseURL, ledger: "memory", defaultHeaders } as const;
    const chat = new ChatLaplas("gpt-4o-mini", fields);
    await chat.invoke("Hello");
    for await (const _ of await chat.stream("Hello"));
    await new LaplasEmbeddings("text-embedding-3-small", fields).embedQuery("Hello");
    await new LaplasImages("flux/schnell", fields).invoke("a fox");
    expect(sandbox.counts()).toMatchObject({ answered: 4, refused: 0 });
    for (const { headers } of sandbox.requests) {
      expect(headers).toMatchObject({ "x-team": "blue", "user-agent": "my-program/1" });
      expect(headers["content-type"]).toBe("application/json");
    }
    expect(sandbox.used("key")).toBe(sandbox.used());
  });

  it("go through a `fetch` of the program's own", async () => {
    const { sandbox } = await openWorld();
    const seen: string[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      seen.push(`${String(input)} ${new Headers(init?.headers).get("x-team")}`);
      return globalThis.fetch(input, init);
    };
    const fields = { apiKey: "own-fetch", baseURL: sandbox.baseURL, ledger: "memory", fetch } as const;
    await new ChatLaplas("gpt-4o-mini", { ...fields, defaultHeaders: { "x-team": "blue" } }).invoke("Hello");
    await new ChatLaplas("gpt-4o-mini", fields).invoke("Hello");
    expect(seen).toEqual(["blue", "null"].map((team) => `${sandbox.baseURL}/chat/completions ${team}`));
  });

  it("are shown to nobody", () => {
    const defaultHeaders = { "x-proxy-key": SECRET };
    for (const model of [
      new ChatLaplas("gpt-4o-mini", { apiKey: "key", ledger: "memory", defaultHeaders }),
      new ChatLaplas("gpt-4o-mini", { apiKey: "key", ledger: "memory", configuration: { defaultHeaders } }),
      new LaplasImages("flux/schnell", { apiKey: "key", ledger: "memory", defaultHeaders }),
    ]) {
      expect(inspect(model, { depth: 20, showHidden: true }) + JSON.stringify(model)).not.toContain(SECRET);
    }
  });

  it("make one engine where they say the same, and another where they don't", () => {
    const engine = (defaultHeaders?: Record<string, string>) =>
      engineFor({ apiKey: "headers", ledger: "memory", ...(defaultHeaders && { defaultHeaders }) });
    expect(engine({ A: "1", b: "2" })).toBe(engine({ b: "2", a: "1" }));
    expect(engine({ a: "1" })).not.toBe(engine({ a: "2" }));
    expect(engine({ a: "1" })).not.toBe(engine());
    expect(engine({})).toBe(engine());
  });

  it.each([
    [{ authorization: `Bearer ${SECRET}` }, /"authorization".*"apiKey"/],
    [{ "Content-Type": "text/plain" }, /"Content-Type"/],
    [{ "no header": SECRET }, /"no header"/],
    [{ "x-line": `${SECRET}\nx-other: 1` }, /"x-line"/],
    [{ "x-none": null as never }, /"x-none"/],
  ])("refuse by name what can't be sent, and never say its value", (headers: Record<string, string>, message) => {
    const make = () => withHeaders(undefined, headers);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: "invalid_options" }));
    expect(make).not.toThrow(SECRET);
  });
});
