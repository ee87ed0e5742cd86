import { describe, expect, it } from "vitest";
import { isTextPart, toContentPart } from "./content-parts.js";

describe("toContentPart", () => {
  it("reads texts of every kind, without their extras", () => {
    for (const block of [
      "a",
      { type: "text", text: "a", index: 0 },
      { type: "text-plain", text: "a", mimeType: "text/plain" },
    ]) {
      expect(toContentPart(block)).toEqual({ type: "text", text: "a" });
    }
    expect(toContentPart({ type: "text" })).toEqual({ type: "text", text: "" });
  });

  it.each([
    ...["reasoning", "thinking", "redacted_thinking", "tool_call", "tool_call_chunk", "invalid_tool_call", "tool_use"],
    ...["input_json_delta", "server_tool_call", "server_tool_call_chunk", "server_tool_call_result"],
  ])("leaves out %s: other fields tell it, or nobody needs it again", (type) => {
    expect(toContentPart({ type, text: "a" })).toBeUndefined();
  });

  it("leaves out what is no block", () => {
    for (const block of [undefined, null, 5, {}, { type: 5 }]) expect(toContentPart(block)).toBeUndefined();
  });

  it("makes an address of a picture's id, and takes a picture without a type for PNG", () => {
    const url = (block: object) => toContentPart({ type: "image", ...block });
    expect(url({ fileId: "file-1" })).toEqual({ type: "image_url", image_url: { url: "file-1" } });
    expect(url({ source_type: "id", id: "file-2" })).toEqual({ type: "image_url", image_url: { url: "file-2" } });
    expect(url({ data: "AAAA" })).toEqual({ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } });
  });

  it("writes bytes as base64, many as well", () => {
    const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);
    const part = toContentPart({ type: "image", data: bytes, mimeType: "image/webp" });
    expect(part).toEqual({
      type: "image_url",
      image_url: { url: `data:image/webp;base64,${Buffer.from(bytes).toString("base64")}` },
    });
  });

  it.each([
    ["audio/mp3", "mp3"],
    ["audio/x-wav", "wav"],
    ["audio/flac", "flac"],
    [undefined, "wav"],
  ])("names the format of %s %s", (mimeType, format) => {
    expect(toContentPart({ type: "audio", data: "AAAA", mimeType })).toMatchObject({ input_audio: { format } });
  });

  it("names files by id, or gives their data with the name that they have", () => {
    const file = (block: object) => toContentPart({ type: "file", ...block });
    expect(file({ fileId: "file-1" })).toEqual({ type: "file", file: { file_id: "file-1" } });
    expect(file({ source_type: "id", id: "file-2" })).toEqual({ type: "file", file: { file_id: "file-2" } });
    expect(file({ source_type: "base64", data: "AAAA", mime_type: "text/csv", metadata: { name: "a.csv" } })).toEqual({
      type: "file",
      file: { file_data: "data:text/csv;base64,AAAA", filename: "a.csv" },
    });
    expect(file({ data: "AAAA" })).toEqual({
      type: "file",
      file: { file_data: "data:application/octet-stream;base64,AAAA" },
    });
    const own = { type: "file", file: { file_id: "file-3" } };
    expect(toContentPart(own)).toBe(own);
  });
});

it("isTextPart asks for the text as well", () => {
  expect(isTextPart({ type: "text", text: "" })).toBe(true);
  expect(isTextPart({ type: "text" })).toBe(false);
  expect(isTextPart({ type: "image_url", image_url: { url: "u" } })).toBe(false);
});
