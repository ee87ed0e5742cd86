import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Colours a text where the stream is a terminal that shows colours; NO_COLOR and FORCE_COLOR are obeyed. */
export function paint(format: Format, text: string, stream: NodeJS.WritableStream = process.stdout): string {
  return styleText(format, text, { stream });
}
