/**
 * Draws what `npm start` prints, as docs/demo.svg for the README:
 *
 *   node scripts/run.mjs scripts/draw-demo.ts
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FONT_SIZE = 14;
const LINE_HEIGHT = 20;
const CHARACTER_WIDTH = 8.43;
const MARGIN = 20;

const STYLES: Readonly<Record<string, string>> = {
  "1": "font-weight:bold",
  "2": "opacity:0.6",
  "31": "fill:#ff7b72",
  "32": "fill:#7ee787",
  "36": "fill:#79c0ff",
};
/** Codes that end one style, by the style they end. */
const ENDS: Readonly<Record<string, readonly string[]>> = { "22": ["1", "2"], "39": ["31", "32", "36"] };

const demo = fileURLToPath(new URL("../examples/demo/main.ts", import.meta.url));
const { LAPLAS_API_KEY: _, NO_COLOR: __, ...env } = process.env;
const printed = execFileSync(process.execPath, [demo], { env: { ...env, FORCE_COLOR: "1" }, encoding: "utf8" });
// What lies on this machine alone is no part of the picture.
const lines = printed
  .trim()
  .replaceAll(fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, ""), "laplas")
  .split("\n");

/** Codes in force: a style goes on over the ends of lines. */
let active: string[] = [];
const width = Math.ceil(Math.max(...lines.map((line) => plain(line).length)) * CHARACTER_WIDTH) + 2 * MARGIN;
const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
const rows = lines.map((line, index) => {
  const y = MARGIN + (index + 0.75) * LINE_HEIGHT;
  return `<text x="${MARGIN}" y="${y}" xml:space="preserve">${spans(line)}</text>`;
});
writeFileSync(
  fileURLToPath(new URL("../docs/demo.svg", import.meta.url)),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT_SIZE}" fill="#e6edf3">
<title>What npm start prints</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${rows.join("\n")}
</svg>
`,
);

function plain(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a style begins with
  return line.replace(/\x1b\[\d+m/g, "");
}

function spans(line: string): string {
  let out = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a style begins with
  for (const part of line.split(/(\x1b\[\d+m)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a style begins with
    const code = /^\x1b\[(\d+)m$/.exec(part)?.[1];
    if (code === undefined) {
      const style = active.map((each) => STYLES[each] ?? "").join(";");
      out += style === "" ? escapeXml(part) : `<tspan style="${style}">${escapeXml(part)}</tspan>`;
    } else if (ENDS[code] !== undefined) {
      active = active.filter((each) => !ENDS[code]?.includes(each));
    } else {
      active = [...active, code];
    }
  }
  return out;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
