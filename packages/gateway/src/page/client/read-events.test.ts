import { expect, it, test } from "vitest";
import { readEvents } from "./read-events.js";

function bodyOf(text: string, pieceBytes: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + pieceBytes));
      at += pieceBytes;
    },
  });
}

async function all(text: string, pieceBytes: number): Promise<string[]> {
  const events: string[] = [];
  for await (const data of readEvents(bodyOf(text, pieceBytes))) events.push(data);
  return events;
}

const TEXT =
  ': hello\n\ndata: {"a": "ä😀"}\n\nevent: x\r\ndata:two\r\ndata: lines\r\n\r\n\n\ndata: [DONE]\n\ndata: cut off';

test.each([1, 2, 3, 7, 1_000])("reads the same from pieces of %i bytes", async (pieceBytes) => {
  expect(await all(TEXT, pieceBytes)).toEqual(['{"a": "ä😀"}', "two\nlines", "[DONE]"]);
});

it("lets the body go when its reader leaves", async () => {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("data: on\n\n")),
    cancel() {
      isCancelled = true;
    },
  });
  for await (const _ of readEvents(body)) break;
  expect(isCancelled).toBe(true);
});
