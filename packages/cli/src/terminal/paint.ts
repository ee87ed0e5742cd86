import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Colors a text. `Output.print` removes the colors again where the stream shows none. */
export function paint(format: Format, text: string): string {
  return styleText(format, text, { validateStream: false });
}
