import type { Laplas } from "@laplas/core";
import { expect, it, test } from "vitest";
import { type GatewayOptions, resolveGatewayOptions } from "./gateway-options.js";

const laplas = {} as Laplas;
const token = "never-show-me-0000";

it("fills in what is left out", () => {
  expect(resolveGatewayOptions({ laplas })).toMatchObject({
    clients: [],
    allowedHosts: [],
    allowedOrigins: [],
    maxBodyBytes: 20_000_000,
    bodies: { maxBytes: 80_000_000, patienceMs: 10_000 },
    pictures: { maxCount: 200, maxBytes: 100_000_000, maxAgeMs: 86_400_000 },
  });
  expect(resolveGatewayOptions({ laplas, pictures: { maxCount: 3, maxBytes: undefined } }).pictures.maxBytes).toBe(1e8);
  expect(resolveGatewayOptions({ laplas, maxBodyBytes: 1e8 }).bodies.maxBytes).toBe(4e8);
});

test.each<[string, Partial<GatewayOptions>, RegExp]>([
  ["a token that can be guessed", { clients: [{ name: "a", token: "short" }] }, /clients.*at least 16 characters/],
  ["a token with a blank", { clients: [{ name: "a", token: `${token} x` }] }, /without blanks/],
  ["a client without a name", { clients: [{ name: "", token }] }, /needs a "name"/],
  [
    "a status that no client stops at",
    { clients: [{ name: "a", token, quotaStatus: 403 as 400 }] },
    /"quotaStatus" 403, but it must be 400 or 429/,
  ],
  ["a name with a line end", { clients: [{ name: "a\nb", token }] }, /needs a "name"/],
  [
    "one name twice",
    {
      clients: [
        { name: "a", token },
        { name: "a", token: `${token}1` },
      ],
    },
    /"a" is taken already/,
  ],
  [
    "one token twice",
    {
      clients: [
        { name: "a", token },
        { name: "b", token },
      ],
    },
    /has the token of another client/,
  ],
  ["a host with a port", { allowedHosts: ["gateway:80"] }, /allowedHosts.*"gateway:80"/],
  ["any origin", { allowedOrigins: ["*"] }, /name each page/],
  ["an origin with a path", { allowedOrigins: ["https://a.example/app"] }, /allowedOrigins/],
  ["a public address that is none", { publicURL: "laplas.example.com" }, /publicURL/],
  ["no body at all", { maxBodyBytes: 0 }, /maxBodyBytes/],
  ["bodies without patience", { bodies: { patienceMs: 0 } }, /bodies\.patienceMs/],
  ["room for less than two bodies", { maxBodyBytes: 100, bodies: { maxBytes: 199 } }, /bodies\.maxBytes.*twice/],
  ["pictures without age", { pictures: { maxAgeMs: Number.NaN } }, /pictures\.maxAgeMs/],
])("%s is refused by name, and no token is shown", (_, options, message) => {
  expect(() => resolveGatewayOptions({ laplas, ...options })).toThrow(message);
  expect(() => resolveGatewayOptions({ laplas, ...options })).not.toThrow(token);
});
