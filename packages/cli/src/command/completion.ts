import { createLaplas } from "@laplas/core";
import { Argument, Command } from "commander";
import { bashScript } from "../completion/bash.js";
import { type CommandNode, commandTree, type KnownNames } from "../completion/command-tree.js";
import { fishScript } from "../completion/fish.js";
import { zshScript } from "../completion/zsh.js";
import { addJsonFlag } from "../config/engine-flags.js";
import { printJson } from "../terminal/print.js";
import type { Terminal } from "../terminal/terminal.js";
import { COMMAND_GROUPS } from "./command-groups.js";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const satisfies Readonly<
  Record<string, (nodes: readonly CommandNode[]) => string>
>;

type Shell = keyof typeof SCRIPTS;

export function define(command: Command, terminal: Terminal): void {
  addJsonFlag(command)
    .addArgument(new Argument("<shell>", "which one").choices(Object.keys(SCRIPTS)))
    .addHelpText(
      "after",
      `
Examples:
  laplas completion bash > ~/.local/share/bash-completion/completions/laplas
  laplas completion zsh > "\${fpath[1]}/_laplas"
  laplas completion fish > ~/.config/fish/completions/laplas.fish
  source <(laplas completion bash)       for this shell alone

Commands, options and their values, providers, and the models of laplas. Write
it again after an update. Nothing is sent.`,
    )
    .action(async (shell: Shell, { json }: { readonly json?: boolean }) => {
      const script = SCRIPTS[shell](commandTree(await wholeProgram(terminal), await knownNames()));
      if (json) printJson(terminal, { object: "completion", shell, script });
      else terminal.stdout.write(script);
    });
}

/** The program with all of its commands; a run loads only its own. */
async function wholeProgram(terminal: Terminal): Promise<Command> {
  const program = new Command("laplas").version("", "-v, --version", "print the version");
  for (const { name, summary, load } of Object.values(COMMAND_GROUPS).flat())
    (await load()).define(program.command(name).description(summary), terminal);
  return program;
}

/** Models that are known without asking a server, and every provider that a configuration can name. */
async function knownNames(): Promise<KnownNames> {
  const { providerIds } = await import("../config/read-providers.js");
  const { allFacts } = await import("../config/provider-facts.js");
  const keyOwners = allFacts().flatMap(({ id, keyVariable }) => (keyVariable === undefined ? [] : [id]));
  const laplas = createLaplas({ apiKey: "none", ledger: "memory", environment: {} });
  try {
    const models: KnownNames["models"] = {
      chat: await idsOf("chat"),
      embedding: await idsOf("embedding"),
      image: await idsOf("image"),
    };
    return { models, providers: providerIds, keyOwners };
  } finally {
    await laplas.close();
  }

  async function idsOf(modality: keyof KnownNames["models"]): Promise<readonly string[]> {
    return (await laplas.models({ modality })).map(({ id }) => id);
  }
}
