import { expect, it, test } from "vitest";
import { hostPictures } from "./host-pictures.js";
import { createPictureStore, type PictureLimits, type PictureStore } from "./picture-store.js";

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function picture(length: number, head: readonly number[] = PNG): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  bytes.set(head);
  return bytes;
}

function store(limits: Partial<PictureLimits> = {}): PictureStore & { clock: { at: number } } {
  const clock = { at: 0 };
  const made = createPictureStore({ maxCount: 3, maxBytes: 1_000, maxAgeMs: 1_000, ...limits }, () => clock.at);
  return { ...made, clock };
}

function keep(pictures: PictureStore, length = 100): string {
  return pictures.keep(picture(length)) ?? "none";
}

it("keeps a picture under a name that nobody can guess", () => {
  const pictures = store();
  const [one, other] = [keep(pictures), keep(pictures)];
  expect(one).toMatch(/^[\da-f]{32}\.png$/);
  expect(one).not.toBe(other);
  expect(pictures.find(one)).toMatchObject({ type: "image/png", bytes: picture(100) });
  expect(pictures.find("constructor")).toBeUndefined();
});

it("lets the oldest go: by number, by size, by age", () => {
  const byCount = store();
  const names = Array.from({ length: 4 }, () => keep(byCount));
  expect(names.map((name) => byCount.find(name) !== undefined)).toEqual([false, true, true, true]);
  const bySize = store();
  const [small, large] = [keep(bySize, 400), keep(bySize, 601)];
  expect([bySize.find(small), bySize.find(large)?.bytes.length]).toEqual([undefined, 601]);
  const byAge = store();
  const old = keep(byAge);
  byAge.clock.at = 999;
  expect(byAge.find(old)).toBeDefined();
  byAge.clock.at = 1_000;
  expect(byAge.find(old)).toBeUndefined();
});

it("does not throw everything out for one that is too large", () => {
  const pictures = store();
  const name = keep(pictures);
  expect(pictures.keep(picture(1_001))).toBeUndefined();
  expect(pictures.find(name)).toBeDefined();
});

test.each<[string, readonly number[] | string, string | undefined]>([
  ["a PNG", PNG, "png"],
  ["a JPEG", [0xff, 0xd8, 0xff, 0xe0], "jpg"],
  ["a WebP", "RIFF\0\0\0\0WEBP", "webp"],
  ["a GIF", "GIF89a", "gif"],
  ["an AVIF", "\0\0\0\x20ftypavif", "avif"],
  ["an SVG", "<svg xmlns=", undefined],
  ["a page", "<!doctype html>", undefined],
  ["a WAV", "RIFF\0\0\0\0WAVE", undefined],
])("knows %s by its first bytes", (_, head, ending) => {
  const bytes = typeof head === "string" ? [...Buffer.from(head, "latin1")] : head;
  expect(store().keep(picture(100, bytes))?.split(".")[1]).toBe(ending);
});

it("gives data an address and leaves everything else", () => {
  const pictures = store();
  const data = Buffer.from(picture(100)).toString("base64");
  const page = Buffer.from("<!doctype html>").toString("base64");
  const answer = {
    created: 1,
    data: [
      { b64_json: data, revised_prompt: "a cat" },
      { url: `data:image/png;base64,${data}` },
      { url: "https://example.com/a.png", b64_json: data },
      { b64_json: page },
      { b64_json: 7 },
    ],
  };
  const hosted = hostPictures(answer, pictures, (name) => `at ${name}`) as typeof answer;
  expect(hosted.data).toEqual([
    { revised_prompt: "a cat", url: expect.stringMatching(/^at [\da-f]{32}\.png$/) },
    { url: expect.stringMatching(/^at [\da-f]{32}\.png$/) },
    ...answer.data.slice(2),
  ]);
  expect(hostPictures({ data: "none" }, pictures, String)).toEqual({ data: "none" });
});
