import type { ImageList } from "@laplas/core";
import { describe, expect, it } from "vitest";
import { openWorld } from "../testing/open-world.js";
import { toImageBlocks } from "./image-blocks.js";
import { LaplasImages } from "./laplas-images.js";

const block = (image: ImageList["data"][number], shared = {}) => toImageBlocks([image], shared)[0];

describe("toImageBlocks", () => {
  it("reads answers of every published shape", async () => {
    const { engine, sandbox } = await openWorld();
    const images = new LaplasImages("flux/schnell", { engine });
    const answers: [body: object, block: object][] = [
      [{ images: [{ url: "https://x.example/1.jpg", content_type: "image/jpeg" }] }, { mimeType: "image/jpeg" }],
      [{ data: [{ b64_json: "/9j/4AAQ" }] }, { data: "/9j/4AAQ", mimeType: "image/jpeg" }],
      [{ data: [{ b64_json: "UklGRg==" }] }, { mimeType: "image/webp" }],
      [{ data: [{ url: "data:image/webp;base64,AAAA" }] }, { data: "AAAA", mimeType: "image/webp" }],
      [{ images: ["https://x.example/2.png"] }, { url: "https://x.example/2.png" }],
    ];
    for (const [body, expected] of answers) {
      sandbox.fault({ kind: "respond", status: 201, body });
      const [picture] = await images.invoke("a red fox");
      expect(picture).toMatchObject({ type: "image", ...expected });
    }
  });

  it("names the type of data: as the server does, else as an address does, else by its first bytes, else PNG", () => {
    const address = { url: "data:image/webp;base64,/9j/AAAA" };
    expect(block({ ...address, content_type: "image/avif" })?.mimeType).toBe("image/avif");
    expect(block(address)?.mimeType).toBe("image/webp");
    expect(block({ url: "data:;base64,/9j/AAAA" })?.mimeType).toBe("image/jpeg");
    expect(block({ b64_json: "iVBORw0K" })?.mimeType).toBe("image/png");
    expect(block({ b64_json: "AAAA" })?.mimeType).toBe("image/png");
  });

  it("states what is known of a picture: its own seed over the answer's, and nothing that was not said", () => {
    const shared = { seed: 1, model: "flux/schnell" };
    expect(block({ url: "https://x.example/1.png" }, shared)).toEqual({
      type: "image",
      url: "https://x.example/1.png",
      metadata: shared,
    });
    const seed = "18446744073709551615";
    expect(block({ url: "u", width: 2, height: 3, revised_prompt: "a fox", seed }, shared)?.metadata).toEqual({
      width: 2,
      height: 3,
      revisedPrompt: "a fox",
      seed,
      model: "flux/schnell",
    });
  });
});
