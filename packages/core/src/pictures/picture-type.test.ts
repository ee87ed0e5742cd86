import { expect, test } from "vitest";
import { pictureType } from "./picture-type.js";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

test.each<[string, string, string | undefined]>([
  ["\x89PNG\r\n\x1a\n", "text/html", "image/png"],
  ["\x89PNG", "image/png", undefined],
  ["\xff\xd8\xff\xe0", "", "image/jpeg"],
  ["RIFF\0\0\0\0WEBP", "", "image/webp"],
  ["RIFF\0\0\0\0WAVE", "image/webp", undefined],
  ["GIF89a", "", "image/gif"],
  ["\0\0\0\x20ftypavif", "", "image/avif"],
  ["\0\0\0\x20ftypisom", "image/avif", undefined],
  ['<?xml version="1.0"?>\n<svg xmlns="x">', "image/svg+xml; charset=utf-8", "image/svg+xml"],
  ["<svg xmlns=", "text/html", undefined],
  ["<!doctype html><svg>", "", undefined],
  ["<!doctype html>", "image/svg+xml", undefined],
  ["", "image/png", undefined],
])("%j called %j is %s", (head, declared, type) => {
  expect(pictureType(bytes(head), declared)).toBe(type);
});
