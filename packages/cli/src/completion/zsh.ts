import type { CommandNode, OptionNode, Values } from "./command-tree.js";
import { quoted, wordCases } from "./word-cases.js";

/** A script that completes the command in zsh: sourced, or as `_laplas` in a folder of `fpath`. */
export function zshScript(nodes: readonly CommandNode[]): string {
  return `#compdef laplas
# Completions of laplas for zsh, written by: laplas completion zsh
_laplas() {
  local at= takes= word
  local -a found
  integer i
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $takes ]]; then
      takes=
      continue
    fi
${wordCases(nodes)}
  done
  if [[ -n $takes ]]; then
    case "$takes" in
${nodes.flatMap(flagValues).join("")}    esac
  elif [[ $PREFIX == -* ]]; then
    case "$at" in
${nodes.map(({ path, options }) => branch(path, [described("options", options.flatMap(optionWords))])).join("")}    esac
  else
    case "$at" in
${nodes
  .map(({ path, commands, values }) =>
    branch(path, [
      ...(commands.length === 0
        ? []
        : [
            described(
              "commands",
              commands.map(({ name, summary }) => word(name, summary)),
            ),
          ]),
      ...valueLines(values),
    ]),
  )
  .join("")}    esac
  fi
}
if [[ $funcstack[1] == _laplas ]]; then
  _laplas "$@"
else
  compdef _laplas laplas
fi
`;
}

function flagValues({ path, options }: CommandNode): string[] {
  return options.flatMap(({ flags, values }) =>
    values === undefined ? [] : [branch(`${path}:${flags.at(-1)}`, valueLines(values))],
  );
}

function optionWords({ flags, summary }: OptionNode): string[] {
  return flags.map((flag) => word(flag, summary));
}

function valueLines({ words, files }: Values): string[] {
  return [...(words.length === 0 ? [] : [`compadd -- ${words.map(quoted).join(" ")}`]), ...(files ? ["_files"] : [])];
}

function described(tag: string, words: readonly string[]): string {
  return `found=(${words.map(quoted).join(" ")}); _describe ${tag} found`;
}

/** A colon divides a word from what is said of it. */
function word(name: string, summary: string): string {
  return `${name.replaceAll(":", "\\:")}:${summary}`;
}

function branch(name: string, lines: readonly string[]): string {
  return `    ${quoted(name)}) ${lines.join("; ") || ":"} ;;\n`;
}
