import type { CommandNode, Values } from "./command-tree.js";
import { quoted, wordCases } from "./word-cases.js";

/** A script that completes the command in bash 3.2 and later. */
export function bashScript(nodes: readonly CommandNode[]): string {
  return `# Completions of laplas for bash, written by: laplas completion bash
_laplas() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at="" takes="" word i words="" files=""
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    # Bash makes a word of the mark in --tier=free.
    [[ $word == "=" ]] && continue
    if [[ -n $takes ]]; then
      takes=""
      continue
    fi
${wordCases(nodes)}
  done
  [[ $cur == "=" ]] && cur=""
  if [[ -n $takes ]]; then
    case "$takes" in
${nodes.flatMap(flagValues).join("")}    esac
  elif [[ $cur == -* ]]; then
    case "$at" in
${nodes.map(({ path, options }) => `    ${quoted(path)}) words=${quoted(options.flatMap(({ flags }) => flags).join(" "))} ;;\n`).join("")}    esac
  else
    case "$at" in
${nodes.map(({ path, commands, values }) => branch(quoted(path), [...commands.map(({ name }) => name), ...values.words], values.files)).join("")}    esac
  fi
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "\${words// /$'\\n'}" -- "$cur"))
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen -f -- "$cur"))
  fi
}
complete -F _laplas laplas
`;
}

function flagValues({ path, options }: CommandNode): string[] {
  return options.flatMap(({ flags, values }) =>
    values === undefined || isEmpty(values)
      ? []
      : [branch(quoted(`${path}:${flags.at(-1)}`), values.words, values.files)],
  );
}

function isEmpty({ words, files }: Values): boolean {
  return words.length === 0 && !files;
}

function branch(pattern: string, words: readonly string[], files: boolean): string {
  return `    ${pattern}) words=${quoted(words.join(" "))}${files ? " files=1" : ""} ;;\n`;
}
