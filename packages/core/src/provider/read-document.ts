import { quote } from "../errors/quote.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import { nodeModule } from "../import-node.js";

/** Whether a text is the path of a document, and not the name of one. */
export function isDocumentPath(text: string): boolean {
  return text.endsWith(".json") || /[\\/]/.test(text);
}

/**
 * Reads a document from a file. A relative path starts at the working directory.
 *
 * @param what names the option, as the begin of a sentence: `Option "tier"`
 * @throws InvalidOptionsError naming the option and the file, and nothing of what the file holds
 */
export function readDocument(path: string, what: string): unknown {
  const files = nodeModule("node:fs");
  if (files === undefined) {
    throw new InvalidOptionsError(
      `${what} is ${quote(path)}, but this runtime gives programs no files. Hand in the document itself.`,
    );
  }
  let text: string;
  try {
    text = files.readFileSync(path, "utf8");
  } catch (cause) {
    const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "does not exist" : `can't be read: ${code}`;
    throw new InvalidOptionsError(`${what} names the file ${quote(path)}, which ${why}.`, { cause });
  }
  try {
    // Editors on Windows put a byte order mark before it.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // The parser's own message quotes the text around the slip.
    throw new InvalidOptionsError(`${what} names the file ${quote(path)}, which is not valid JSON.`);
  }
}
