import { describe, expect, it } from "vitest";
import { accountName } from "./account-name.js";

describe("an account's name", () => {
  it("is the same for one key at one server, whatever the path", async () => {
    const name = await accountName("https://api.example.com/v1", "key");
    expect(await accountName("https://api.example.com/v2/", "key")).toBe(name);
    expect(await accountName("https://API.example.com:443", "key")).toBe(name);
  });

  it.each([
    ["another key", "https://api.example.com/v1", "other"],
    ["another host", "https://eu.example.com/v1", "key"],
    ["another port", "https://api.example.com:8443/v1", "key"],
    ["another protocol", "http://api.example.com/v1", "key"],
    ["a key that goes on where the server ends", "https://api.example.co", "mkey"],
  ])("differs for %s", async (_, baseURL, apiKey) => {
    expect(await accountName(baseURL, apiKey)).not.toBe(await accountName("https://api.example.com/v1", "key"));
  });

  it("is a hash: neither key nor server can be read from it", async () => {
    expect(await accountName("https://api.example.com/v1", "key")).toMatch(/^[\da-f]{32}$/);
  });
});
