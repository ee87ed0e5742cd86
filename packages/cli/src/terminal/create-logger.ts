import type { GatewayLogger } from "@laplas/gateway";
import { pino } from "pino";
import type { OutputStream } from "./output.js";
import { safeJson } from "./safe-text.js";

/** How logs look: `json` for programs, `text` for people, one line each. */
export type LogForm = "json" | "text" | "off";

/** A logger that writes to a stream. */
export function createLogger(form: LogForm, stream: OutputStream): GatewayLogger | undefined {
  if (form === "off") return undefined;
  const settings = { base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (form === "text") return pino(settings, { write: (line) => stream.write(toText(line)) });
  // A descriptor is written by pino itself, which is its default for stdout, without a stream of Node in between.
  return pino(settings, stream.fd === undefined ? stream : pino.destination(stream.fd));
}

const LEVELS: Readonly<Record<number, string>> = { 30: "", 40: "warn ", 50: "ERROR " };

/** `12:03:51 call POST /v1/chat/completions model=gpt-4o-mini outcome=answered apiTokens=16 ...` */
function toText(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as { level: number; time: string; msg: string };
  const { method, path, ...rest } = fields as { method?: string; path?: string };
  const pairs = Object.entries(rest).flatMap(([name, value]) => (isEmpty(value) ? [] : [`${name}=${show(value)}`]));
  const request = method === undefined ? "" : ` ${method} ${path}`;
  // The level says it already.
  const name = msg === "warning" ? LEVELS[level]?.trim() : `${LEVELS[level] ?? ""}${msg}`;
  return `${time.slice(11, 19)} ${name}${request} ${pairs.join(" ")}\n`;
}

function isEmpty(value: unknown): boolean {
  return value === false || value === 0 || value === null || (Array.isArray(value) && value.length === 0);
}

function show(value: unknown): string {
  const text = Array.isArray(value) ? value.join(",") : String(value);
  // A line break of a caller's would forge a line, an escape code would reach the terminal.
  return /[\p{Cc}\u2028\u2029]/u.test(text) ? safeJson(JSON.stringify(text)) : text;
}
