import type { CommandNode, OptionNode, Values } from "./command-tree.js";

/** A script that completes the command in fish 3 and later. */
export function fishScript(nodes: readonly CommandNode[]): string {
  const paths = nodes.map(({ path }) => path).filter((path) => path !== "");
  return `# Completions of laplas for fish, written by: laplas completion fish
function __laplas_at
    set -l words (commandline -opc)
    set -l at ''
    for word in $words[2..]
        contains -- "$at/$word" ${paths.map(quoted).join(" ")}; and set at "$at/$word"
    end
    test "$at" = "$argv[1]"
end
complete -c laplas -e
complete -c laplas -f
${nodes.flatMap(nodeLines).join("\n")}
`;
}

function nodeLines(node: CommandNode): string[] {
  const { path, commands, options, values } = node;
  const start = `complete -c laplas -n ${quoted(`__laplas_at '${path}'`)}`;
  return [
    ...commands.map(({ name, summary }) => `${start} -a ${quoted(name)} -d ${quoted(summary)}`),
    ...valueFlags(values).map((flags) => `${start} ${flags}`),
    ...options.map((option) => `${start} ${optionFlags(option)}`),
  ];
}

function optionFlags({ flags, summary, values }: OptionNode): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const takes = values === undefined ? [] : [values.files ? "-r -F" : "-x", ...wordFlags(values)];
  return [...names, ...takes, `-d ${quoted(summary)}`].join(" ");
}

function valueFlags(values: Values): string[] {
  return [...(values.files ? ["-F"] : []), ...wordFlags(values)];
}

function wordFlags({ words }: Values): string[] {
  return words.length === 0 ? [] : [`-a ${quoted(words.join(" "))}`];
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
