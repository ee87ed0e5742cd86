import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { describe, expect, it, test } from "vitest";
import { CHROMIUM, chat, openPage, overflowOf, seriousTroubles, setStage, TOKEN, textOf } from "./set-stage.ts";

const run = promisify(execFile);
const HERE = fileURLToPath(new URL("..", import.meta.url));
const WITH_TOKEN = { ...process.env, LAPLAS_TOKEN: TOKEN };

/** What stands on the page for a program, and what its button copies. */
async function snippetFor(page: Page, name: string): Promise<string> {
  await page.getByRole("tab", { name, exact: true }).click();
  const code = await textOf(page.getByRole("tabpanel", { name, exact: true }).locator("pre"));
  await page.getByRole("button", { name: `Copy the snippet for ${name}` }).click();
  await page.getByText("Copied").first().waitFor();
  const copied = await page.evaluate(() =>
    (
      globalThis as unknown as { navigator: { clipboard: { readText(): Promise<string> } } }
    ).navigator.clipboard.readText(),
  );
  expect(copied).toBe(code);
  return code;
}

const documented = async (file: string): Promise<string> =>
  await readFile(new URL(`../../docs/${file}`, import.meta.url), "utf8");

describe.skipIf(CHROMIUM === undefined)("what the page says to programs that call for the first time", () => {
  test.each([
    ["without clients", []],
    ["with clients", [{ name: "notebook", token: TOKEN }]],
  ])("is true: %s", async (_, clients) => {
    const { open, server, sandbox } = await setStage({ clients });
    const page = await open("", { permissions: ["clipboard-read", "clipboard-write"] });
    const asksForToken = clients.length > 0;
    if (asksForToken) {
      await page.getByLabel("Token", { exact: true }).fill(TOKEN);
      await page.keyboard.press("Enter");
    }
    await page.getByRole("heading", { name: "Connect a program" }).waitFor();
    expect(await seriousTroubles(page)).toEqual([]);
    const snippets = new Map<string, string>();
    for (const name of ["curl", "Python", "JavaScript", "Codex", "Claude Code"]) {
      snippets.set(name, await snippetFor(page, name));
    }
    const of = (name: string): string => snippets.get(name) ?? "";
    for (const code of snippets.values()) expect(code).not.toContain(TOKEN);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await overflowOf(page)).toBe(0);

    // The gateway forgives a path in front of its own: that it answers does not say that the address is right.
    expect(of("curl")).toContain(`curl ${server.baseURL}/chat/completions `);
    expect(of("JavaScript")).toContain(`new OpenAI({ baseURL: "${server.baseURL}", `);
    const curl = await run("sh", ["-c", of("curl")], { env: WITH_TOKEN });
    expect(JSON.parse(curl.stdout)).toMatchObject({ choices: [{ message: { content: expect.any(String) } }] });
    // Where its packages are found.
    const node = await run(process.execPath, ["--input-type=module", "--eval", of("JavaScript")], {
      cwd: HERE,
      env: WITH_TOKEN,
    });
    expect(node.stdout.trim()).not.toBe("");
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });

    // The others are those of the documents, which tests run with the programs themselves.
    const codex = /```toml\n(model = [\s\S]*?)```/.exec(await documented("responses.md"))?.[1] ?? "";
    const shared = codex.replace(/^model_context_window.*\n/m, "").trim();
    expect(of("Codex")).toBe(shared.replace("http://127.0.0.1:4114", server.url));
    const claude = /^ANTHROPIC_BASE_URL=.*$/m.exec(await documented("messages.md"))?.[0] ?? "";
    const token = asksForToken ? "$LAPLAS_TOKEN" : "unused";
    expect(of("Claude Code")).toBe(claude.replace("http://127.0.0.1:4114", server.url).replace("unused", token));
    const key = asksForToken ? 'os.environ["LAPLAS_TOKEN"]' : '"unused"';
    expect(of("Python")).toContain(`client = OpenAI(base_url="${server.baseURL}", api_key=${key})`);
    await run("python3", ["-c", "import ast, sys; ast.parse(sys.argv[1])", of("Python")]);
  });

  it("makes room for the calls once there are any, and stays within reach", async () => {
    const { open, call, server } = await setStage();
    const page = await open();
    await page.getByText("No calls since this gateway began").waitFor();
    await call("/chat/completions", chat("Hello"));
    await page.locator("#calls > li").waitFor();
    await expect.poll(() => page.getByRole("tab", { name: "curl" }).isVisible()).toBe(false);
    await page.getByText("Connect a program").click();
    await page.getByText(server.baseURL, { exact: true }).waitFor();
  });

  it("can be walked through by keyboard", async () => {
    const { server } = await setStage();
    const page = await openPage(server.url);
    await page.getByRole("tab", { name: "curl" }).focus();
    await page.keyboard.press("ArrowLeft");
    expect(await textOf(page.locator(":focus"))).toBe("Claude Code");
    await page.getByRole("tabpanel", { name: "Claude Code" }).waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    await page.getByRole("tabpanel", { name: "Python" }).waitFor();
  });
});
