import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, it, test } from "vitest";
import { createBodyBudget } from "./body-budget.js";
import { readBody } from "./read-body.js";

const TEXT = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "a heron ".repeat(50) }] });
const MAX = 10_000;

interface Sent {
  readonly encoding?: string;
  readonly body: string | Uint8Array | ReadableStream<Uint8Array>;
  readonly room?: number;
}

async function read({ encoding, body, room = 100_000 }: Sent): Promise<string> {
  const headers: Record<string, string> = { "transfer-encoding": "chunked", "x-kept": "yes" };
  if (encoding !== undefined) headers["content-encoding"] = encoding;
  const init = { method: "POST", headers, body, duplex: "half" } as RequestInit;
  const lease = createBodyBudget({ maxBytes: room, patienceMs: 1 }).take(0, () => new AbortController().signal);
  if (lease instanceof Promise) throw new Error("there is no room for nothing");
  const result = await readBody(new Request("http://localhost/v1/chat/completions", init), MAX, lease);
  if (typeof result === "string") return result;
  expect(result.headers.get("content-encoding")).toBeNull();
  expect(result.headers.get("x-kept")).toBe("yes");
  return result.text();
}

function inPieces(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let from = 0;
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array()),
    pull(controller) {
      if (from >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(from, from + size));
      from += size;
    },
  });
}

test.each<[string | undefined, string | Uint8Array]>([
  [undefined, TEXT],
  ["", TEXT],
  ["identity", TEXT],
  ["gzip", gzipSync(TEXT)],
  ["GZip", gzipSync(TEXT)],
  ["x-gzip", gzipSync(TEXT)],
  ["deflate", deflateSync(TEXT)],
  ["deflate", deflateRawSync(TEXT)],
  ["deflate, gzip", gzipSync(deflateSync(TEXT))],
  ["gzip, identity, x-gzip", gzipSync(gzipSync(TEXT))],
  ["deflate,gzip , deflate", deflateRawSync(gzipSync(deflateSync(TEXT)))],
])("a body in %j is read", async (encoding, body) => {
  const sent = encoding === undefined ? {} : { encoding };
  expect(await read({ ...sent, body })).toBe(TEXT);
  for (const size of [1, 7]) expect(await read({ ...sent, body: inPieces(Buffer.from(body), size) })).toBe(TEXT);
});

test.each(["gzip", "deflate", "gzip, deflate"])(
  "of nothing nothing is undone, though it is named %s",
  async (encoding) => {
    for (const body of ["", inPieces(new Uint8Array(), 1)]) expect(await read({ encoding, body })).toBe("");
  },
);

test.each(["br", "zstd", "compress", "gzip, br", "gzip gzip", "gzip, gzip, gzip, gzip"])(
  "%j is not supported",
  async (encoding) => {
    expect(await read({ encoding, body: gzipSync(TEXT) })).toBe("coding");
  },
);

test.each<[string, string, string | Uint8Array]>([
  ["plain text", "gzip", TEXT],
  ["plain text", "deflate", TEXT],
  ["deflate", "gzip", deflateSync(TEXT)],
  ["gzip", "deflate", gzipSync(TEXT)],
  ["a cut body", "gzip", gzipSync(TEXT).subarray(0, -9)],
  ["a cut body", "deflate", deflateSync(TEXT).subarray(0, -5)],
  ["a damaged body", "gzip", gzipSync(TEXT).fill(7, 12, 30)],
  ["one coding", "gzip, gzip", gzipSync(TEXT)],
])("%s named %s is invalid", async (_, encoding, body) => {
  expect(await read({ encoding, body })).toBe("encoded");
});

it("a body has its limit before decoding, after it, and in between", async () => {
  const fitting = "x".repeat(MAX);
  expect(await read({ body: fitting })).toBe(fitting);
  expect(await read({ body: `${fitting}x` })).toBe("body");
  expect(await read({ encoding: "gzip", body: gzipSync(fitting) })).toBe(fitting);
  expect(await read({ encoding: "gzip", body: gzipSync(`${fitting}x`) })).toBe("body");
  // Stored, not compressed: longer before than after.
  expect(await read({ encoding: "gzip", body: gzipSync(fitting, { level: 0 }) })).toBe("body");
  const inner = gzipSync("x".repeat(MAX - 100), { level: 0 });
  expect(await read({ encoding: "gzip, gzip", body: gzipSync(inner) })).toHaveLength(MAX - 100);
  const innerOver = gzipSync("x".repeat(MAX), { level: 0 });
  expect(await read({ encoding: "gzip, gzip", body: gzipSync(innerOver) })).toBe("body");
});

it("a bomb is read no further than the limit", async () => {
  const bomb = gzipSync(Buffer.alloc(100_000_000));
  let sent = 0;
  const counted = inPieces(bomb, 1_000).pipeThrough(
    new TransformStream({
      transform(piece: Uint8Array, controller) {
        sent += piece.length;
        controller.enqueue(piece);
      },
    }),
  );
  expect(bomb.length).toBeGreaterThan(90_000);
  expect(await read({ encoding: "gzip", body: inPieces(gzipSync(bomb), 1_000) })).toBe("body");
  expect(await read({ encoding: "gzip", body: counted })).toBe("body");
  expect(sent).toBeLessThan(60_000);
});

it("a body that finds no room as it grows is refused", async () => {
  expect(await read({ encoding: "gzip", body: gzipSync("x".repeat(900)), room: 1_000 })).toHaveLength(900);
  expect(await read({ encoding: "gzip", body: gzipSync("x".repeat(1_100)), room: 1_000 })).toBe("full");
});

test.each(["gzip", "deflate", "identity"])("in %s the error of a client that leaves is its own", async (encoding) => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(gzipSync(TEXT).subarray(0, 20));
    },
    pull(controller) {
      controller.error(new Error("the client has gone"));
    },
  });
  await expect(read({ encoding: encoding === "deflate" ? "gzip, deflate" : encoding, body })).rejects.toThrow(
    "has gone",
  );
});

it("a body that states its length and no coding is passed on unread", async () => {
  const lease = createBodyBudget({ maxBytes: 1_000, patienceMs: 1 }).take(9, () => new AbortController().signal);
  if (lease instanceof Promise) throw new Error("there is room");
  const headers = { "content-length": "9" };
  const request = new Request("http://localhost/", { method: "POST", headers, body: "unchanged" });
  expect(await readBody(request, 5, lease)).toBe(request);
});
