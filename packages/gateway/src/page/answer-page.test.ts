import { expect, it, test } from "vitest";
import { openGateway } from "../testing/open-gateway.js";

const FILES = ["/", "/page/page.css", "/page/page.js", "/page/icon.svg"];
const clients = [{ name: "alice", token: "token-of-alice-91c2" }];

it("is there for everyone, with nothing of the gateway's in it", async () => {
  const { ask } = await openGateway({ clients });
  for (const path of FILES) {
    const response = await ask(path);
    expect(response.status).toBe(200);
    const text = await response.text();
    // vitest leaves style sheets empty.
    if (!path.endsWith(".css")) expect(text.length).toBeGreaterThan(100);
    for (const secret of ["token-of-alice-91c2", "alice", "key-3f9a7c51e2d84b06"]) expect(text).not.toContain(secret);
  }
});

it("runs nothing but its own files, speaks to nobody but the gateway, and stands in no frame", async () => {
  const { ask } = await openGateway();
  for (const path of FILES) {
    const { headers } = await ask(path);
    const policy = headers.get("content-security-policy") ?? "";
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toMatch(/unsafe|http|\*|data:/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.has("set-cookie")).toBe(false);
  }
  const html = await (await ask("/")).text();
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:\/\//);
});

it("knows whether it needs a token before it asks for anything", async () => {
  const { ask } = await openGateway();
  expect(await (await ask("/")).text()).toContain('data-token="none"');
  const guarded = await openGateway({ clients });
  expect(await (await guarded.ask("/")).text()).toContain('data-token="needed"');
});

it("is not sent again to whoever has it", async () => {
  const { ask } = await openGateway();
  const tag = (await ask("/")).headers.get("etag") ?? "";
  const again = await ask("/", { headers: { "if-none-match": tag } });
  expect(again.status).toBe(304);
  expect((await ask("/", { headers: { "if-none-match": '"other"' } })).status).toBe(200);
  expect(await (await ask("/", { method: "HEAD" })).text()).toBe("");
});

test.each([
  ["by a name that is not the gateway's", { host: "evil.example" }],
  ["for a page of another origin", { origin: "https://evil.example" }],
])("is refused %s", async (_, headers) => {
  const { ask } = await openGateway();
  for (const path of FILES) expect((await ask(path, { headers })).status).toBe(403);
});

it("takes no calls", async () => {
  const { ask } = await openGateway();
  const response = await ask("/", { method: "POST", body: "{}" });
  expect(response.status).toBe(405);
});
