import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { openShell, type Shell } from "../testing/open-shell.js";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** Whether a shell is here: a script that only looks right helps nobody. Where it is not, one line says so, and in CI that is a failure. */
function isMissing(shell: (typeof SHELLS)[number]): boolean {
  try {
    execFileSync(shell, ["-c", "true"], { stdio: "ignore" });
    return false;
  } catch {
    const message = `!! ${shell} is missing, so its completions were not tested: apt-get install ${shell}`;
    if (process.env.CI !== undefined && process.env.CI !== "") throw new Error(message);
    console.error(message);
    return true;
  }
}

/** A folder with the script of a shell, and files to be completed. */
async function withScript(shell: (typeof SHELLS)[number]): Promise<Shell> {
  const opened = await openShell();
  const { code, stdout, stderr } = await opened.run(["completion", shell]);
  expect([code, stderr]).toEqual([0, ""]);
  opened.write("script", stdout);
  opened.write("body one.json", "{}");
  opened.write("docs/one.md", "Hello");
  return opened;
}

/** Words that end unfinished, and what they can go on with. */
const CASES: readonly (readonly [words: string, found: readonly string[]])[] = [
  ["ch", ["chat", "check"]],
  ["keys ", ["list", "remove", "set"]],
  ["keys set gr", ["groq"]],
  // One that takes no key.
  ["keys set loc", []],
  ["providers show loc", ["local"]],
  ["help ke", ["keys"]],
  ["config get po", ["port"]],
  ["completion ", ["bash", "fish", "zsh"]],
  ["serve --log ", ["json", "off", "text"]],
  ["chat --tier p", ["paid", "playground"]],
  // An option without a value hides no word, and a value is no command.
  ["status --json --le", ["--ledger"]],
  ["chat --system keys --tem", ["--temperature"]],
  ["chat -m gpt-4o-m", ["gpt-4o-mini", "gpt-4o-mini-audio-preview", "gpt-4o-mini-search-preview"]],
  ["embed -m zz", []],
  ["image -m dall", ["dall-e-2", "dall-e-3"]],
  ["check bod", ["body one.json"]],
  ["chat bod", []],
];

describe("completions", () => {
  it.skipIf(isMissing("bash"))("of bash", async () => {
    const { folder } = await withScript("bash");
    const code = `cd "${folder}"; source ./script
      complete_words() { COMP_CWORD=$(($# - 1)) COMP_WORDS=("$@") COMPREPLY=(); _laplas; printf '%s\\n' "\${COMPREPLY[@]}"; }
      complete_words laplas "$@"`;
    for (const [words, found] of CASES) {
      const args = ["--norc", "-c", code, "bash", ...words.split(" ")];
      const lines = execFileSync("bash", args, { encoding: "utf8" }).split("\n").filter(Boolean);
      expect(lines.sort(), words).toEqual(found);
    }
    const marked = `source "${folder}/script"; COMP_WORDS=(laplas chat --tier = f) COMP_CWORD=4; _laplas; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync("bash", ["--norc", "-c", marked], { encoding: "utf8" })).toBe("free\n");
  });

  it.skipIf(isMissing("fish"))("of fish, with what each is for", async () => {
    const { folder } = await withScript("fish");
    const answers = (words: string): string[] =>
      execFileSync("fish", ["--no-config", "-c", `cd "${folder}"; source ./script; complete -C "laplas ${words}"`], {
        encoding: "utf8",
        env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
      })
        .split("\n")
        .filter(Boolean);
    for (const [words, found] of CASES) {
      const lines = answers(words).map((line) => line.split("\t")[0]);
      expect([...new Set(lines)].sort(), words).toEqual(found);
    }
    expect(answers("keys ")).toContain("set\tstore a key, typed unseen or piped in");
  });

  it.skipIf(isMissing("zsh"))("of zsh, typed in a terminal", async () => {
    const { folder } = await withScript("zsh");
    // Each ends in one word, which the tabulator writes.
    const typed = [
      ["comple\tfi\t", "completion fish"],
      ["keys se\tgr\t", "keys set groq"],
      ["help ke\t", "help keys"],
      ["chat --system keys --tem\t", "chat --system keys --temperature"],
      ["chat --tier pai\t", "chat --tier paid"],
      ["image -m dall-e-3\t", "image -m dall-e-3"],
      ["config get po\t", "config get port"],
      ["check bod\t", "check body one.json"],
      ["chat bod\t", "chat bod"],
    ] as const;
    const start = [
      `cd "${folder}"`,
      "autoload -Uz compinit && compinit -u -D",
      "source ./script",
      'laplas() { print -r -- "GOT $@" }',
    ];
    const input = [...start, ...typed.map(([keys]) => `laplas ${keys}`), "exit", ""].join("\n");
    const env = { ...process.env, HOME: folder, ZDOTDIR: folder, TERM: "dumb", PS1: "" };
    const terminal = spawn("script", ["-qec", "zsh -f -i", "/dev/null"], { env, stdio: ["pipe", "pipe", "inherit"] });
    const printed = text(terminal.stdout);
    terminal.stdin.end(input);
    await once(terminal, "close");
    const got = [...(await printed).matchAll(/^GOT (.*?)\s*$/gm)].map(([, words]) => words);
    expect(got).toEqual(typed.map(([, words]) => words));
  });

  it("are refused for another shell", async () => {
    const { code, stderr } = await (await openShell()).run(["completion", "tcsh"]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/Allowed choices are bash, zsh, fish/)]);
  });
});
