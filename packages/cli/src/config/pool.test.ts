import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { PRESET_KEY, startPresets } from "../../../gateway/src/testing/pool-config.js";
import { KEY, openShell, type Shell } from "../testing/open-shell.js";

const CONFIG = "laplas.config.json";
const KEYS = "laplas/keys.json";

function configure(shell: Shell, config: object): void {
  shell.write(CONFIG, JSON.stringify(config));
}

function keep(shell: Shell, keys: unknown, mode = 0o600): void {
  shell.write(KEYS, typeof keys === "string" ? keys : JSON.stringify(keys));
  chmodSync(join(shell.folder, KEYS), mode);
}

describe("several providers", () => {
  it("are asked in the configured order, each with its own key", async () => {
    const { presets, entries, environment } = await startPresets({ groq: { apiKeys: [PRESET_KEY] }, gemini: {} });
    const shell = await openShell();
    configure(shell, { providers: entries, routes: { fast: ["groq/openai/gpt-oss-120b", "gemini/gemini-2.5-flash"] } });
    const first = await shell.run(["chat", "-m", "fast", "Hello"], { environment });
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(presets.groq?.counts().answered).toBe(2);
    const named = await shell.run(["chat", "-m", "gemini/gemini-2.5-flash", "Hello"], { environment });
    expect([named.code, named.stderr]).toEqual([0, ""]);
    expect(presets.gemini?.requests.some(({ path }) => path.endsWith("/chat/completions"))).toBe(true);
    expect(shell.sandbox.counts().received).toBe(0);
  });

  it("serve laplas too, under the options that have always been laplas's", async () => {
    const { entries, environment } = await startPresets({ groq: {} });
    const shell = await openShell();
    configure(shell, { tier: "playground", providers: [{ provider: "laplas" }, ...entries] });
    const { code, stderr } = await shell.run(["chat", "-m", "laplas/gpt-4o-mini", "Hello"], { environment });
    expect([code, stderr]).toEqual([0, ""]);
    expect(await shell.json(["status"], { environment })).toMatchObject({ tier: "playground" });
    expect(shell.sandbox.counts().answered).toBe(1);
    const costOf = async (model: string): Promise<object> => {
      const check = (await shell.json(["check", "-m", model], { environment })) as { cost: object };
      return check.cost;
    };
    // API tokens need no word, as ever.
    expect(await costOf("laplas/gpt-4o-mini")).not.toHaveProperty("unit");
    expect(await costOf("groq/openai/gpt-oss-120b")).toHaveProperty("unit", "tokens");
  });

  it("embed and draw with the models of whichever has such", async () => {
    const { entries, environment } = await startPresets({ groq: {} });
    const shell = await openShell();
    configure(shell, { providers: [...entries, { provider: "laplas" }] });
    shell.write("notes/a.md", "Herons wait by the water.");
    const embedded = await shell.json(["embed", "notes", "-o", "notes.jsonl"], { environment });
    // Counted in what laplas counts in.
    expect(embedded).toMatchObject({
      model: "laplas/text-embedding-3-small",
      embedded: 1,
      api_tokens: expect.any(Number),
    });
    const drawn = await shell.run(["image", "a boat", "-o", "boat.png"], { environment });
    expect([drawn.code, drawn.stdout]).toEqual([0, "boat.png\n"]);
    const plan = await shell.json(["plan", "notes"], { environment });
    expect(plan).toMatchObject({ calls: 1, api_tokens: { expected: expect.any(Number) } });
  });

  it("need no key and no address with --sandbox", async () => {
    const shell = await openShell();
    configure(shell, { providers: [{ provider: "groq" }, { provider: "cloudflare" }, { provider: "laplas" }] });
    const { code, stdout, stderr } = await shell.run(["chat", "--sandbox", "Hello"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).not.toBe("");
    const of = (provider: string) => configure(shell, { providers: [{ provider }] });
    of("gemini");
    const alone = await shell.run(["chat", "--sandbox", "Hello"]);
    expect([alone.code, alone.stderr]).toEqual([0, ""]);
    of("cerebras");
    expect((await shell.run(["chat", "--sandbox", "Hello"])).stderr).toContain("There is no sandbox of Cerebras");
    expect(shell.sandbox.counts().received).toBe(0);
  });

  it("may have documents, tiers and models of one's own, whose paths start at the configuration", async () => {
    const { entries, environment } = await startPresets({ groq: {} });
    const [groq] = entries;
    const shell = await openShell();
    const source = { source: "us", date: "2026-11-29", status: "assumed" };
    const tier = { name: "own", title: "One an hour", rules: [] };
    const window = { kind: "window", id: "an_hour", meter: "requests", limit: 1, period: { type: "hour" } };
    shell.write(
      "acme/acme.json",
      JSON.stringify({ id: "acme", title: "Acme", baseURL: "http://127.0.0.1:1/v1", tiers: [tier] }),
    );
    shell.write("acme/tier.json", JSON.stringify({ ...tier, rules: [{ ...window, evidence: source }] }));
    shell.write(
      `acme/${CONFIG}`,
      JSON.stringify({ providers: [{ provider: "./acme.json", tier: "./tier.json" }, groq] }),
    );
    const config = ["--config", `acme/${CONFIG}`];
    const status = await shell.json(["status", ...config], { environment });
    expect(status).toMatchObject({ tier: "own", windows: [{ rule: "an_hour", limit: 1 }] });
  });
});

describe("a key", () => {
  const groq = { provider: "groq" };

  it("is read of the variable that is named, and of no other", async () => {
    const { entries } = await startPresets({ groq: { apiKeys: [PRESET_KEY] } });
    const shell = await openShell();
    configure(shell, { providers: [{ ...entries[0], keyVariable: "MY_GROQ" }] });
    const right = await shell.run(["chat", "Hello"], { environment: { MY_GROQ: PRESET_KEY, GROQ_API_KEY: "wrong" } });
    expect([right.code, right.stderr]).toEqual([0, ""]);
    configure(shell, { providers: [{ ...entries[0], keyVariable: undefined }] });
    const unnamed = await shell.run(["chat", "Hello"], { environment: { GROQ_API_KEY: PRESET_KEY } });
    expect(unnamed.code).toBe(2);
    expect(unnamed.stderr).toMatch(
      /no key of Groq.*"keyVariable": "GROQ_API_KEY".*, or store it: laplas keys set groq\./,
    );
    expect(unnamed.stderr).not.toContain(PRESET_KEY);
  });

  it("may stand in keys.json, where a variable that is set goes before it", async () => {
    const { entries } = await startPresets({ groq: { apiKeys: [PRESET_KEY] } });
    const shell = await openShell();
    configure(shell, { providers: [{ ...entries[0], keyVariable: "MY_GROQ" }] });
    keep(shell, { groq: PRESET_KEY, gemini: "unused" });
    const ask = ["chat", "-m", "groq/openai/gpt-oss-120b", "Hello"];
    expect((await shell.run(ask)).code).toBe(0);
    const { code, stderr } = await shell.run(ask, { environment: { MY_GROQ: "wrong" } });
    expect([code, stderr]).toEqual([1, expect.stringContaining("401")]);
  });

  test.skipIf(process.platform === "win32").each([0o604, 0o640, 0o660])(
    "is not taken from a file with mode %o",
    async (mode) => {
      const shell = await openShell();
      configure(shell, { providers: [groq] });
      keep(shell, { groq: PRESET_KEY }, mode);
      const { code, stderr } = await shell.run(["chat", "Hello"]);
      expect(code).toBe(2);
      expect(stderr).toContain(`(mode 0${mode.toString(8)}). Run: chmod 600 ${shell.folder}/${KEYS}`);
      expect(stderr).not.toContain(PRESET_KEY);
    },
  );

  test.each([
    ["none", [], '"providers": must name at least one provider, or be left out.'],
    [
      "a name alone",
      ["groq"],
      '"providers[0]": must be an object, as in {"provider": "groq", "keyVariable": "GROQ_API_KEY"}.',
    ],
    [
      "a key in an entry",
      [{ provider: "groq", apiKey: PRESET_KEY }],
      '"providers[0].apiKey": has no place in this file',
    ],
    ["another option", [{ provider: "groq", key: PRESET_KEY }], 'there is no option "key". Options are provider,'],
  ])("is refused in words: %s", async (_, providers, message) => {
    const shell = await openShell();
    configure(shell, { providers });
    const { code, stderr } = await shell.run(["status"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toContain(PRESET_KEY);
  });

  test.each([
    ["no JSON", `{\n "groq": "${PRESET_KEY}"\n "gemini": "x"}`, /not valid JSON from line 3 on/],
    ["a list", [PRESET_KEY], /must hold keys by provider/],
    ["no text", { groq: { key: PRESET_KEY } }, /must hold keys by provider/],
  ])("is not shown where keys.json is %s", async (_, content, message) => {
    const shell = await openShell();
    configure(shell, { providers: [groq] });
    keep(shell, content);
    const { code, stderr } = await shell.run(["chat", "Hello"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain(PRESET_KEY);
  });

  it.each<[string, object, Record<string, string>, string]>([
    ["a variable", {}, { MINE: "sk with-a-blank" }, "MINE"],
    ["keys.json", { groq: "sk with-a-blank" }, {}, 'keys.json ("groq")'],
  ])("that can't be one is refused with its place: %s", async (_, kept, environment, place) => {
    const shell = await openShell();
    configure(shell, { providers: [{ provider: "groq", keyVariable: "MINE" }] });
    keep(shell, kept);
    const { code, stderr } = await shell.run(["chat", "Hello"], { environment });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^laplas: The key of Groq holds characters that no key/)]);
    expect(stderr).toContain(place);
    expect(stderr).not.toContain("with-a-blank");
  });

  it("that is missing is said by commands that need none, and stops them not", async () => {
    const { entries } = await startPresets({ groq: { apiKeys: [PRESET_KEY] } });
    const shell = await openShell();
    configure(shell, {
      providers: [
        { ...entries[0], keyVariable: "MINE" },
        { provider: "gemini", keyVariable: "OTHER" },
      ],
    });
    for (const args of [["litellm-config"], ["status"]]) {
      const { code, stdout, stderr } = await shell.run(args, { environment: { MINE: PRESET_KEY } });
      expect([code, stdout]).toEqual([0, expect.stringMatching(/[Gg]roq/)]);
      expect(stderr).toMatch(/^laplas: There is no key of Google Gemini\. Set OTHER.* Until then it looks unused\.$/m);
    }
    expect((await shell.run(["chat", "Hello"], { environment: { MINE: PRESET_KEY } })).code).toBe(2);
  });

  it("is missing: all that are, and both ways to give them, are named at once", async () => {
    const shell = await openShell();
    configure(shell, { providers: [groq, { provider: "gemini", keyVariable: "MINE" }, { provider: "local" }] });
    const { stderr } = await shell.run(["chat", "Hello"]);
    expect(stderr).toContain("There is no key of Groq. Name its variable");
    expect(stderr).toContain("There is no key of Google Gemini. Set MINE, or store it: laplas keys set gemini");
    expect(stderr).not.toContain("A server on this machine");
  });

  it("is asked for in no other way: an address with a part of one's own names the variable of that", async () => {
    const shell = await openShell();
    const cloudflare = { provider: "cloudflare", keyVariable: "TOKEN" };
    const environment = { TOKEN: "t", CLOUDFLARE_ACCOUNT_ID: "account-of-nobody" };
    configure(shell, { providers: [cloudflare] });
    const { stderr } = await shell.run(["status"], { environment });
    expect(stderr).toContain('"variables": {"account":"CLOUDFLARE_ACCOUNT_ID"}');
    configure(shell, { providers: [{ ...cloudflare, variables: { account: "CLOUDFLARE_ACCOUNT_ID" } }] });
    expect((await shell.run(["status"], { environment })).stderr).toBe("");
  });
});

describe("refuses", () => {
  test.each([
    [
      "a key in an entry",
      { providers: [{ provider: "groq", apiKey: KEY }] },
      /providers\[0\]\.apiKey.*no place in this file/,
    ],
    [
      "a key in place of a variable",
      { providers: [{ provider: "groq", keyVariable: KEY }] },
      /keyVariable.*not the value/,
    ],
    [
      "a key of a list without laplas",
      { apiKey: KEY, providers: [{ provider: "groq" }] },
      /"apiKey" is that of laplas/,
    ],
    [
      "a tier of a list without laplas",
      { tier: "paid", providers: [{ provider: "groq" }] },
      /"tier" is that of laplas/,
    ],
    ["routes without providers", { routes: { fast: ["a"] } }, /"routes" needs "providers"/],
    ["training without providers", { training: "refused" }, /"training" needs "providers"/],
    ["no provider", { providers: [] }, /"providers"/],
    ["a stranger", { providers: [{ provider: "grok" }] }, /"providers\[0\]\.provider" is "grok".*laplas, groq, gemini/],
    [
      "a strange option",
      { providers: [{ provider: "groq", tear: "free" }] },
      /no option "tear"\. Options are provider, key/,
    ],
    ["a provider twice", { providers: [{ provider: "local" }, { provider: "local" }] }, /may be in an engine once/],
    [
      "a route to nowhere",
      { providers: [{ provider: "local" }], routes: { "a/b": [] } },
      /must not be empty or hold "\/"/,
    ],
  ])("%s", async (_, config, message) => {
    const shell = await openShell();
    configure(shell, config);
    const { code, stderr } = await shell.run(["status"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain(KEY);
  });

  it("a tier on the command line, which can't say whose it is", async () => {
    const shell = await openShell();
    configure(shell, { providers: [{ provider: "local" }] });
    const { code, stderr } = await shell.run(["status", "--tier", "free"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--tier can't say whose tier it is")]);
  });
});
