import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openShell, type Shell } from "../testing/open-shell.js";

const SECRET = "gsk-value-that-nobody-may-see";
const FILE = "laplas.config.json";
/** The shell's own key, of laplas, is not among those that are found. */
const found = { LAPLAS_API_KEY: "", GROQ_API_KEY: SECRET, GEMINI_API_KEY: SECRET };

function written(shell: Shell, file = FILE): unknown {
  const text = shell.read(file);
  expect(text).not.toContain(SECRET);
  return JSON.parse(text);
}

const GROQ = { provider: "groq", keyVariable: "GROQ_API_KEY" };
const GEMINI = { provider: "gemini", keyVariable: "GEMINI_API_KEY" };

describe("laplas init", () => {
  it("asks a person about each provider that it found a key of, then about training, and writes no key", async () => {
    const shell = await openShell();
    const run = shell.start(["init"], { environment: found, input: "open", columns: 100 });
    const answer = async (question: RegExp, text: string): Promise<void> => {
      await run.until("screen", question);
      run.stdin.write(`${text}\n`);
    };
    await answer(/Use Groq\? \[Y\/n\]/, "");
    await answer(/Use Google Gemini\? \[Y\/n\]/, "maybe");
    await answer(/Gemini\? \[Y\/n\][\s\S]*Gemini\? \[Y\/n\]/, "n");
    await answer(/or don't say: Groq\.\s+Use them all the same\? \[Y\/n\]/, "n");
    expect(await run.ended).toBe(0);
    expect(written(shell)).toEqual({ providers: [GROQ], training: "refused" });
    expect(run.screen()).toMatch(
      /Google Gemini.*\(gemini\)[\s\S]*20 to 14,400 requests per model[\s\S]*observed 2026-/,
    );
    expect(run.screen()).toMatch(/Prompts.* may train on prompts: not in the European Economic Area/);
    expect(run.screen()).toContain("Never asked, since they may train on prompts or don't say: groq.");
    expect(run.screen()).toContain("None is left to ask: --training allowed --force lets them be asked.");
    expect(run.screen()).not.toContain("laplas chat");
    expect(run.screen()).not.toContain(SECRET);
    expect(run.screen()).not.toContain("OpenRouter");
  });

  it("asks nothing with --yes, and takes all that were found", async () => {
    const shell = await openShell();
    const { code, stderr } = await shell.run(["init", "--yes"], { environment: found });
    expect(code).toBe(0);
    expect(written(shell)).toEqual({ providers: [GROQ, GEMINI] });
    expect(stderr).toContain("May train on prompts, or don't say: groq, gemini. --training refused leaves them out.");
    expect(stderr).toMatch(/laplas doctor {2,}[\s\S]*laplas serve/);
    expect(stderr).not.toContain(SECRET);
  });

  it("takes those that are named, in their order, whether their keys are there or not", async () => {
    const shell = await openShell();
    const { stderr } = await shell.run(
      ["init", "--providers", "gemini, cloudflare,local,groq,gemini", "--training", "allowed", "-o", "own.json"],
      { environment: found },
    );
    const variables = { account: "CLOUDFLARE_ACCOUNT_ID" };
    expect(written(shell, "own.json")).toEqual({
      providers: [
        GEMINI,
        { provider: "cloudflare", keyVariable: "CLOUDFLARE_API_TOKEN", variables },
        { provider: "local" },
        GROQ,
      ],
      training: "allowed",
    });
    expect(stderr).toContain("Still to be set: CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID");
    expect(stderr).toContain("laplas serve --config own.json");
    const wrong = await shell.run(["init", "--providers", "grok"], { environment: found });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('"grok", which is no provider')]);
  });

  it("finds keys in keys.json, and laplas's own, and leaves out what lacks a part of its address", async () => {
    const shell = await openShell();
    shell.write("laplas/keys.json", JSON.stringify({ openrouter: SECRET }));
    chmodSync(join(shell.folder, "laplas/keys.json"), 0o600);
    await shell.run(["init", "-y"], { environment: { CLOUDFLARE_API_TOKEN: SECRET } });
    expect(written(shell)).toEqual({
      providers: [{ provider: "laplas", keyVariable: "LAPLAS_API_KEY" }, { provider: "openrouter" }],
    });
  });

  it("writes over no file without --force or a person's word", async () => {
    const shell = await openShell();
    shell.write(FILE, "{}");
    const again = (...more: string[]) => shell.run(["init", "--yes", ...more], { environment: found });
    expect(await again()).toMatchObject({ code: 2, stderr: expect.stringContaining("--force writes over it") });
    expect(shell.read(FILE)).toBe("{}");
    const run = shell.start(["init"], { environment: found, input: "open", columns: 80 });
    await run.until("screen", /is there already\. Replace it\? \[y\/N\]/);
    run.stdin.write("\n");
    expect(await run.ended).toBe(2);
    expect(shell.read(FILE)).toBe("{}");
    expect((await again("--force")).code).toBe(0);
    expect(written(shell)).toEqual({ providers: [GROQ, GEMINI] });
  });

  it("says which sign-ups there are where no key is found, and writes nothing", async () => {
    const shell = await openShell();
    const { code, stderr } = await shell.run(["init"], { environment: { LAPLAS_API_KEY: "" } });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /No key was found in the usual variables[\s\S]*OpenRouter +50 requests\. export OPENROUTER_API_KEY=\.\.\./,
    );
    expect(stderr).toMatch(/export\s+CLOUDFLARE_API_TOKEN=\.\.\.\s+CLOUDFLARE_ACCOUNT_ID=\.\.\./);
    expect(existsSync(join(shell.folder, FILE))).toBe(false);
    const half = await shell.run(["init"], { environment: { LAPLAS_API_KEY: "", CLOUDFLARE_API_TOKEN: SECRET } });
    expect(half.stderr).toContain("Cloudflare Workers AI needs CLOUDFLARE_ACCOUNT_ID");
  });

  it("needs to be told in a script, and ends with Ctrl-D or Ctrl-C without a file", async () => {
    const shell = await openShell();
    const script = await shell.run(["init"], { environment: found });
    expect([script.code, script.stderr]).toEqual([2, expect.stringContaining("--providers groq,gemini, or --yes")]);
    const run = shell.start(["init"], { environment: found, input: "open", columns: 80 });
    await run.until("screen", /Use Groq\?/);
    run.stdin.end();
    expect(await run.ended).toBe(2);
    expect(existsSync(join(shell.folder, FILE))).toBe(false);
    expect(shell.sandbox.counts().received).toBe(0);
  });

  it("writes what the other commands take", async () => {
    const shell = await openShell();
    const environment = { GROQ_API_KEY: SECRET, CLOUDFLARE_API_TOKEN: SECRET, CLOUDFLARE_ACCOUNT_ID: "account" };
    await shell.run(["init", "--yes"], { environment });
    const { code, stdout, stderr } = await shell.run(["status"], { environment });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/laplas free tier[\s\S]*Groq's free plan[\s\S]*Workers AI on Workers Free/);
  });
});
