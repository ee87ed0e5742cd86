import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { expect, it, test } from "vitest";
import { openGateway } from "../testing/open-gateway.js";

const FILES = ["/", "/page/page.js", "/page/icon.svg"];
const clients = [{ name: "alice", token: "token-of-alice-91c2" }];

it("is there for everyone, with nothing of the gateway's in it", async () => {
  const { ask } = await openGateway({ clients });
  for (const path of FILES) {
    const response = await ask(path);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text.length).toBeGreaterThan(100);
    for (const secret of ["token-of-alice-91c2", "alice", "key-3f9a7c51e2d84b06"]) expect(text).not.toContain(secret);
  }
});

it("runs nothing but its own files, speaks to nobody but the gateway, and stands in no frame", async () => {
  const { ask } = await openGateway();
  for (const path of FILES) {
    const { headers } = await ask(path);
    const policy = headers.get("content-security-policy") ?? "";
    for (const part of ["default-src 'none'", "script-src 'self'", "trusted-types 'none'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toMatch(/unsafe|http|\*|data:/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.has("set-cookie")).toBe(false);
  }
  const response = await ask("/");
  const html = await response.text();
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|https?:\/\//);
  // Of styles the one that stands in the page, by its hash, and none from a file or an attribute.
  const [, style = "", ...others] = html.split(/<style>|<\/style>/);
  expect(others).toHaveLength(1);
  const hash = createHash("sha256").update(style).digest("base64");
  expect(response.headers.get("content-security-policy")).toContain(`; style-src 'sha256-${hash}';`);
  expect((await ask("/page/page.js")).headers.get("content-security-policy")).toContain("; style-src 'none';");
});

it("is packed for those who can unpack it", async () => {
  const { ask } = await openGateway();
  for (const path of FILES) {
    const plain = await ask(path, { headers: { "accept-encoding": "br, gzip;q=0" } });
    expect([plain.headers.get("content-encoding"), plain.headers.get("vary")]).toEqual([null, "accept-encoding"]);
    const packed = await ask(path, { headers: { "accept-encoding": "gzip, deflate, br" } });
    expect([packed.headers.get("content-encoding"), packed.headers.get("etag")]).toEqual([
      "gzip",
      plain.headers.get("etag"),
    ]);
    const text = await plain.text();
    expect(gunzipSync(new Uint8Array(await packed.arrayBuffer())).toString()).toBe(text);
    // Again, from what is kept.
    const again = await ask(path, { headers: { "accept-encoding": "gzip" } });
    expect(gunzipSync(new Uint8Array(await again.arrayBuffer())).toString()).toBe(text);
  }
});

it("knows whether it needs a token before it asks for anything", async () => {
  const { ask } = await openGateway();
  expect(await (await ask("/")).text()).toContain('data-token="none"');
  const guarded = await openGateway({ clients });
  expect(await (await guarded.ask("/")).text()).toContain('data-token="needed"');
});

it("is not sent again to a browser that has it", async () => {
  const { ask } = await openGateway();
  const tag = (await ask("/")).headers.get("etag") ?? "";
  const again = await ask("/", { headers: { "if-none-match": tag } });
  expect(again.status).toBe(304);
  expect((await ask("/", { headers: { "if-none-match": tag.slice(2) } })).status).toBe(304);
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
