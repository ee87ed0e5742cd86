import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KEY, openShell, type Shell } from "../testing/open-shell.js";

const SECRET = "sk-only-for-this-test";
const KEYS = "laplas/keys.json";

function keep(shell: Shell, text: string): void {
  shell.write(KEYS, text);
  chmodSync(join(shell.folder, KEYS), 0o600);
}

const stored = ({ folder }: Shell): unknown => JSON.parse(readFileSync(join(folder, KEYS), "utf8"));

describe("laplas keys set", () => {
  it("takes the key from a pipe, for the user alone, and keeps the others", async () => {
    const shell = await openShell();
    const first = await shell.run(["keys", "set", "groq"], { input: `${SECRET}\n` });
    expect([first.code, first.stdout]).toEqual([0, ""]);
    expect(first.stderr).toMatch(
      /^Stored in .*keys\.json\.\nNothing uses it yet: laplas\.config\.json does not name groq/,
    );
    await shell.run(["keys", "set", "gemini"], { input: "other" });
    const again = await shell.json(["keys", "set", "groq"], { input: "second" });
    expect(again).toMatchObject({ object: "key", provider: "groq", replaced: true, set_by: "file", used_by: null });
    expect(stored(shell)).toEqual({ groq: "second", gemini: "other" });
    if (process.platform !== "win32") expect(statSync(join(shell.folder, KEYS)).mode & 0o777).toBe(0o600);
  });

  it("asks for it in a terminal, and shows nothing of it", async () => {
    const shell = await openShell();
    const run = shell.start(["keys", "set", "laplas"], { columns: 80, input: "open" });
    await run.until("stderr", /^Key of laplas \(not shown\): $/);
    run.stdin.write(`${SECRET}\r`);
    expect(await run.ended).toBe(0);
    expect(run.screen()).toMatch(/Stored in .*\nLAPLAS_API_KEY is set as well, and goes before it\.\n$/);
    expect(run.screen()).not.toContain(SECRET.slice(0, 4));
    expect(stored(shell)).toEqual({ laplas: SECRET });
  });

  it("keeps what another command has stored while this one waits for its key", async () => {
    const shell = await openShell();
    const run = shell.start(["keys", "set", "groq"], { columns: 80, input: "open" });
    await run.until("stderr", /not shown/);
    await shell.run(["keys", "set", "gemini"], { input: "other" });
    run.stdin.write(`${SECRET}\r`);
    expect(await run.ended).toBe(0);
    expect(stored(shell)).toEqual({ gemini: "other", groq: SECRET });
  });

  it("leaves all as it is on Ctrl-C, on Ctrl-D, and where nothing is given", async () => {
    const shell = await openShell();
    for (const [typed, code] of [
      ["half\u0003", 130],
      ["\u0004", 2],
      ["\r", 2],
    ] as const) {
      const run = shell.start(["keys", "set", "groq"], { columns: 80, input: "open" });
      await run.until("stderr", /not shown/);
      run.stdin.write(typed);
      expect(await run.ended).toBe(code);
    }
    expect(existsSync(join(shell.folder, KEYS))).toBe(false);
  });

  it.each<[readonly string[], string, RegExp]>([
    [["groq", SECRET], "", /A key is not taken from the arguments/],
    [["grok"], SECRET, /There is no provider "grok"\. There are laplas, .*groq/],
    [["groq"], "two words", /characters that no key has.*Nothing is stored/],
    [["local"], SECRET, /There is no provider "local"/],
  ])("refuses %j", async (args, input, message) => {
    const shell = await openShell();
    const { code, stdout, stderr } = await shell.run(["keys", "set", ...args], { input });
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stdout + stderr).not.toContain(SECRET);
    expect(existsSync(join(shell.folder, KEYS))).toBe(false);
  });

  it("does not replace a file that it can't read", async () => {
    const shell = await openShell();
    keep(shell, '{"groq": "x"');
    const { code, stderr } = await shell.run(["keys", "set", "gemini"], { input: SECRET });
    expect([code, stderr]).toEqual([2, expect.stringContaining("is not valid JSON from line 1 on")]);
    expect(shell.read(KEYS)).toBe('{"groq": "x"');
  });
});

describe("laplas keys list and remove", () => {
  it("say where each key comes from and what uses it, never the key", async () => {
    const shell = await openShell();
    for (const id of ["groq", "mistral", "gemini"]) await shell.run(["keys", "set", id], { input: SECRET });
    const providers = [
      { provider: "groq", keyVariable: "MY_GROQ" },
      { provider: "openrouter", keyVariable: "OPENROUTER_API_KEY" },
      { provider: "local" },
      { provider: "mistral" },
    ];
    shell.write("laplas.config.json", JSON.stringify({ providers }));
    const { code, stdout, stderr } = await shell.run(["keys", "list"], {
      environment: { MY_GROQ: "v", GEMINI_API_KEY: "v" },
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.replace(/ +/g, " ").split("\n")).toEqual([
      "PROVIDER KEY FROM USED BY",
      "groq MY_GROQ, before keys.json laplas.config.json",
      "openrouter not set laplas.config.json",
      "local none needed laplas.config.json",
      "mistral keys.json laplas.config.json",
      "gemini keys.json nothing",
      "",
    ]);
    const listed = (await shell.json(["keys", "list"])) as { data: object[] };
    expect(listed.data[0]).toEqual({
      provider: "groq",
      set_by: "file",
      variable: null,
      stored: true,
      used_by: "laplas.config.json",
    });
    expect(JSON.stringify(listed) + stdout).not.toContain(SECRET);
  });

  it("name laplas alone where no configuration names others", async () => {
    const { stdout } = await (await openShell()).run(["keys", "list"]);
    expect(stdout.replace(/ +/g, " ")).toBe("PROVIDER KEY FROM USED BY\nlaplas LAPLAS_API_KEY every command\n");
    expect(stdout).not.toContain(KEY);
  });

  it("remove one, and no other", async () => {
    const shell = await openShell();
    for (const id of ["groq", "gemini"]) await shell.run(["keys", "set", id], { input: SECRET });
    expect((await shell.run(["keys", "remove", "groq"])).code).toBe(0);
    expect(stored(shell)).toEqual({ gemini: SECRET });
    const again = await shell.run(["keys", "remove", "groq"]);
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/^laplas: There is no key of groq in /)]);
    expect((await shell.run(["keys", "remove", "constructor"])).code).toBe(1);
  });
});

describe("a stored key of laplas", () => {
  it("is used by every command, where no variable and no configuration has one", async () => {
    const shell = await openShell({ apiKeys: [SECRET] });
    const environment = { LAPLAS_API_KEY: "" };
    expect((await shell.run(["chat", "Hello"], { environment })).code).toBe(2);
    await shell.run(["keys", "set", "laplas"], { input: SECRET });
    expect((await shell.run(["chat", "Hello"], { environment })).code).toBe(0);
    const wrong = await shell.run(["chat", "Hello"]);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("401")]);
    const doctor = await shell.run(["doctor"], { environment });
    expect(doctor.stdout).toMatch(/^ok +key +from keys\.json$/m);
    const served = shell.start(["serve", "--port", "0"], { environment });
    await served.until("stderr", /Base URL/);
  });

  it("stops no command that does without one, though others can read the file", async () => {
    const shell = await openShell();
    shell.write(KEYS, '{"laplas": "sk-1"}');
    const environment = { LAPLAS_API_KEY: "" };
    expect((await shell.run(["chat", "Hello"], { environment })).code).toBe(2);
    for (const args of [["status"], ["models"], ["tier"], ["litellm-config"], ["chat", "--sandbox", "Hello"]])
      expect((await shell.run(args, { environment })).code, args.join(" ")).toBe(0);
    expect((await shell.run(["status"], { environment })).stderr).toMatch(
      /^laplas: The keys in .* can be read by others/,
    );
    expect((await shell.run(["doctor"], { environment })).stdout).toMatch(/FAULT +configuration +The keys in/);
  });

  it("that can't be one is told with its place", async () => {
    const shell = await openShell();
    keep(shell, '{"laplas": "a b"}');
    const { code, stderr } = await shell.run(["chat", "Hello"], { environment: { LAPLAS_API_KEY: "" } });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/The key of laplas holds .*keys\.json \("laplas"\)/)]);
  });
});
