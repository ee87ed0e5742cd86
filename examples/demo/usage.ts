import { parseArgs } from "node:util";
import { UsageError } from "./errors.ts";

/** What `npm start -- --help` prints. */
export const HELP = `Usage: npm start -- [folder] ["question"]

Reads the .md, .mdx and .txt files of a folder, embeds them, answers questions
about them, lets an agent search them and draw a picture, and meets each limit
of the free tier once.

  npm start                                   this project's documentation
  npm start -- path/to/folder                 your own files
  npm start -- path/to/folder "a question"    your own question about them

Without a key it runs on an embedded sandbox, where no model answers and nothing
leaves this machine.

Environment variables:
  LAPLAS_API_KEY     uses the real API; the cost is printed first
  LAPLAS_BASE_URL    another address of the API
  LAPLAS_TIER        the tier of the key, "free" by default
  NO_COLOR           any value: no colors

Exit codes: 0 done, 1 failed, 2 usage error, 130 ended by Ctrl-C.
`;

/** What the command line asks for. */
export interface Usage {
  readonly wantsHelp: boolean;
  /** Absent for the project's own documentation. */
  readonly folder?: string;
  readonly question?: string;
}

/** @throws UsageError */
export function readUsage(args: readonly string[]): Usage {
  const { help: wantsHelp = false, words } = parse(args);
  const [folder, ...question] = words;
  // Such as a variable that is not set. The working folder would be a surprise.
  if (folder === "") throw new UsageError("The name of the folder is empty. See npm start -- --help");
  return {
    wantsHelp,
    ...(folder === undefined ? {} : { folder }),
    // A question without quotes comes as many words.
    ...(question.length === 0 ? {} : { question: question.join(" ") }),
  };
}

function parse(args: readonly string[]): { help?: boolean; words: string[] } {
  try {
    const options = { help: { type: "boolean", short: "h" } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { ...values, words: positionals };
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split(". ")[0]}. See npm start -- --help`);
  }
}
