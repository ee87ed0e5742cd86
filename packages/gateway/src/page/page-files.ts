/// <reference path="./raw.d.ts" />
import { createHash } from "node:crypto";
import library from "./client/library.ts?raw";
import program from "./client/main.tsx?raw";
import icon from "./icon.svg?raw";
import html from "./page.html?raw";
import { tagOf } from "./tag-of.js";

/** A file of the page. They hold nothing of this gateway's, so everyone who reaches it may see them. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
  /** Changes with the text. */
  readonly tag: string;
  /** What a policy calls the style that stands in it. */
  readonly style?: string;
}

function file(type: string, text: string): PageFile {
  return { type, text, tag: tagOf(text) };
}

/** The files by path; the page knows before it asks whether it needs a token, so that no request has to fail first. */
export function createPageFiles(asksForToken: boolean): ReadonlyMap<string, PageFile> {
  const page = asksForToken ? html.replace('data-token="none"', 'data-token="needed"') : html;
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
  const styleHash = `'sha256-${createHash("sha256").update(style).digest("base64")}'`;
  return new Map([
    ["/", { ...file("text/html; charset=utf-8", page), style: styleHash }],
    ["/page/page.js", file("text/javascript; charset=utf-8", program)],
    ["/page/library.js", file("text/javascript; charset=utf-8", library)],
    ["/page/icon.svg", file("image/svg+xml", icon)],
  ]);
}
