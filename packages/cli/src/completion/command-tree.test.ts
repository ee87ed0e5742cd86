import { Argument, Command, Option } from "commander";
import { expect, it } from "vitest";
import { type CommandNode, commandTree, type KnownNames } from "./command-tree.js";

const KNOWN: KnownNames = {
  models: { chat: ["c"], embedding: ["e"], image: ["i"] },
  providers: ["groq", "local"],
  keyOwners: ["groq"],
};

function treeOf(define: (program: Command) => void): (path: string) => CommandNode | undefined {
  const program = new Command("laplas").version("1", "-v, --version", "print the version");
  define(program);
  const nodes = commandTree(program, KNOWN);
  return (path) => nodes.find((one) => one.path === path);
}

it("has each command below its own, the program and its help first", () => {
  const at = treeOf((program) => {
    program.command("keys").description("of keys").command("set").description("store one");
  });
  expect(at("")?.commands).toEqual([
    { name: "keys", summary: "of keys" },
    { name: "help", summary: "explain a command" },
  ]);
  expect(at("")?.options.map(({ flags }) => flags)).toEqual([
    ["-v", "--version"],
    ["-h", "--help"],
  ]);
  expect(at("/help")?.commands).toEqual([{ name: "keys", summary: "of keys" }]);
  expect(at("/keys")?.commands).toEqual([{ name: "set", summary: "store one" }]);
  expect(at("/keys/set")?.commands).toEqual([]);
});

it("knows which options take a value, and which values; hidden ones are left out", () => {
  const at = treeOf((program) => {
    program
      .command("embed")
      .option("--json", "a switch")
      .option("-m, --model <name>", "a model")
      .option("--chunk [count]", "a count that may be missing")
      .addOption(new Option("--log <form>", "choices").choices(["json", "off"]))
      .option("-o, --output <file>", "a file")
      .addOption(new Option("--secret <x>", "hidden").hideHelp());
  });
  expect(Object.fromEntries(at("/embed")?.options.map(({ flags, values }) => [flags.join(), values]) ?? [])).toEqual({
    "--json": undefined,
    "-m,--model": { words: ["e"], files: false },
    "--chunk": { words: [], files: false },
    "--log": { words: ["json", "off"], files: false },
    "-o,--output": { words: [], files: true },
    "-h,--help": undefined,
  });
});

it("offers for an argument its choices, names that are known, or files", () => {
  const at = treeOf((program) => {
    program.command("completion").addArgument(new Argument("<shell>").choices(["bash"]));
    program.command("chat").argument("[prompt]");
    program.command("models").argument("[search]");
    program.command("check").argument("[file]");
    program.command("keys").command("set").argument("<provider>");
    const providers = program.command("providers");
    providers.command("show").argument("<provider>");
    providers.command("list");
  });
  const values = (path: string) => at(path)?.values;
  expect(values("/completion")).toEqual({ words: ["bash"], files: false });
  expect(values("/chat")).toEqual({ words: [], files: false });
  expect(values("/models")).toEqual({ words: ["c", "e", "i"], files: false });
  expect(values("/check")).toEqual({ words: [], files: true });
  expect(values("/keys/set")).toEqual({ words: ["groq"], files: false });
  expect(values("/providers/show")).toEqual({ words: ["groq", "local"], files: true });
  expect(values("/providers/list")).toEqual({ words: [], files: false });
});
