import type { CommandNode } from "./command-tree.js";

/** The step over one word that bash and zsh have in common: an option takes the next word, or a command's name leads on. */
export function wordCases(nodes: readonly CommandNode[]): string {
  const paths = nodes.map(({ path }) => path).filter((path) => path !== "");
  return `    case "$at:$word" in
${nodes.flatMap(takingFlags).join("")}      *) case "$at/$word" in
        ${paths.map(quoted).join(" | ")}) at="$at/$word" ;;
        esac ;;
    esac`;
}

/** Those that take the next word, each under the name of its values. */
function takingFlags({ path, options }: CommandNode): string[] {
  return options.flatMap(({ flags, values }) => {
    if (values === undefined) return [];
    const spellings = flags.map((flag) => quoted(`${path}:${flag}`)).join(" | ");
    return [`      ${spellings}) takes=${quoted(`${path}:${flags.at(-1)}`)} ;;\n`];
  });
}

/** A text as one word of bash or zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
