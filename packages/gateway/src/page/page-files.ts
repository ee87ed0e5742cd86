/// <reference path="./raw.d.ts" />
import { createHash } from "node:crypto";
import library from "./client/library.ts?raw";
import program from "./client/main.tsx?raw";
import icon from "./icon.svg?raw";
import style from "./page.css?raw";
import html from "./page.html?raw";

/** A file of the page. None holds anything of this gateway's: whoever reaches it may see them. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
  /** Changes with the text. */
  readonly tag: string;
  /** What a policy calls the style that stands in it. */
  readonly style?: string;
}

function file(type: string, text: string): PageFile {
  return { type, text, tag: `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"` };
}

/** The files by path; the page knows before it asks whether it needs a token, so that no request has to fail first. */
export function createPageFiles(asksForToken: boolean): ReadonlyMap<string, PageFile> {
  // As a function: in a text "$" would have a meaning.
  const page = html.replace("<style></style>", () => `<style>${style}</style>`);
  const told = asksForToken ? page.replace('data-token="none"', 'data-token="needed"') : page;
  const styleHash = `'sha256-${createHash("sha256").update(style).digest("base64")}'`;
  return new Map([
    ["/", { ...file("text/html; charset=utf-8", told), style: styleHash }],
    ["/page/page.js", file("text/javascript; charset=utf-8", program)],
    ["/page/library.js", file("text/javascript; charset=utf-8", library)],
    ["/page/icon.svg", file("image/svg+xml", icon)],
  ]);
}
