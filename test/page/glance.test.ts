import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { CHROMIUM, chat, openPage, seriousTroubles, setStage, TOKEN, WITH_PICTURE } from "./set-stage.ts";
import { answerWith } from "./write-answer.ts";

/** A folder that gets the pictures of the READMEs: `docs`. */
const PICTURES = process.env.LAPLAS_PICTURES;

const TIDES = `The moon raises the sea **twice a day**, so a cosine is near enough:

\`\`\`python
import math

def tide(hour: float, range_m: float = 6.1) -> float:
    return range_m / 2 * math.cos(hour / 12.42 * math.tau)
\`\`\`

| Place | Range |
|---|--:|
| Brest | 6.1 m |
| Fundy | 16.3 m |
`;

describe.skipIf(CHROMIUM === undefined)("a day that is half spent", () => {
  const LANGFLOW = "token-of-langflow-77aa";
  const clients = [
    { name: "notebook", token: TOKEN },
    { name: "langflow", token: LANGFLOW },
  ];
  const START = Date.parse("2026-03-10T06:12:00.000Z");
  const HOUR_MS = 3_600_000;
  /** Calls of each hour, from six to three. */
  const DAY = [1, 1, 2, 0, 3, 2, 4, 2, 1] as const;

  /** What each program asks, by turns. */
  const MODELS = [
    ["gpt-4", "gpt-4o"],
    ["claude-3-opus-20240229", "claude-3-7-sonnet-20250219"],
  ] as const;

  /** With `LAPLAS_PICTURES=docs` these are the pictures of the READMEs. */
  async function takePicture(page: Page, name: string): Promise<void> {
    if (PICTURES === undefined) return;
    await mkdir(PICTURES, { recursive: true });
    const picture = await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: "disabled" });
    expect(picture.length).toBeLessThan(200_000);
  }

  it("is seen at a glance", async () => {
    const { open, server, playground, sandbox } = await setStage(
      { clients },
      { clock: { start: START }, chunkDelayMs: 1 },
    );
    const callAs = (token: string, path: string, body: object): Promise<Response> =>
      fetch(`${server.baseURL}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
    for (let index = 0; index < 9; index += 1) await playground.chat(chat("Hello") as never);
    for (const [hour, count] of DAY.entries()) {
      sandbox.clock.set(START + hour * HOUR_MS);
      for (let index = 0; index < count; index += 1) {
        const [model, other] = MODELS[(hour + index) % MODELS.length] ?? [];
        await callAs(TOKEN, "/chat/completions", chat("Hello", { model }));
        await callAs(LANGFLOW, "/chat/completions", chat("Hello", { model: other }));
      }
    }
    sandbox.clock.set(START + DAY.length * HOUR_MS);
    await callAs(TOKEN, "/embeddings", { model: "text-embedding-3-small", input: ["The tide rises.", "It falls."] });
    await callAs(LANGFLOW, "/images/generations", { model: "flux/schnell", prompt: "A lighthouse" });
    const streamed = chat("What is a tide?", { model: "gpt-4o", stream: true, max_tokens: 4_000 });
    await (await callAs(TOKEN, "/chat/completions", streamed)).text();
    await callAs(LANGFLOW, "/chat/completions", WITH_PICTURE);
    const held = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: held.promise, afterChunks: 1 });
    const running = await callAs(TOKEN, "/chat/completions", streamed);
    const waiting = callAs(LANGFLOW, "/chat/completions", chat("And when?", { max_tokens: 4_000 }));

    const page = await open("", { viewport: { width: 1_200, height: 1_190 } });
    await page.getByLabel("Token", { exact: true }).fill(TOKEN);
    await page.keyboard.press("Enter");
    await page.getByText("1 of 1 running, 1 waiting").waitFor();
    await page.locator(".why").getByText("Refused: A picture was attached").waitFor();
    await page
      .locator("#budget")
      .getByText(/^1\d,\d\d\d$/)
      .waitFor();
    // Eight of the nine hours had calls, and the present one.
    expect(await page.locator(".column:has(.block)").count()).toBe(9);
    await takePicture(page, "page");
    await running.body?.cancel();
    // The slot is free once the upstream has ended.
    held.resolve();
    expect((await waiting).status).toBe(200);
    expect(await seriousTroubles(page)).toEqual([]);
  });

  it("is played with up to a model's limit", async () => {
    const { open, playground, sandbox } = await setStage({ clients }, { clock: { start: START } });
    for (let index = 0; index < 9; index += 1) await playground.chat(chat("Hello") as never);
    const page = await open("#playground", { viewport: { width: 1_200, height: 1_040 } });
    await page.getByLabel("Token", { exact: true }).fill(TOKEN);
    await page.keyboard.press("Enter");
    await page.getByText("1 left today").waitFor();
    answerWith(sandbox, TIDES);
    await page.getByLabel("Message").fill("How high is the tide at an hour? In Python, please.");
    await page.getByLabel("Message").press("Enter");
    await page.getByRole("button", { name: "Copy the code" }).waitFor();
    await page.getByText("0 left today", { exact: true }).waitFor();
    await page.getByText("This model's calls of the day are used up").waitFor();
    await page.getByText(/^Resets .* Still answers: \S+, /).waitFor();
    await page.getByRole("button", { name: /^Send in \d\d:/ }).waitFor();
    await takePicture(page, "playground");
    expect(await seriousTroubles(page)).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === undefined)("laplas serve", () => {
  it("says where the page is, and gives it a playground on the same account", async () => {
    const folder = await mkdtemp(join(tmpdir(), "laplas-serve-page-"));
    const command = fileURLToPath(new URL("../../packages/cli/dist/laplas.js", import.meta.url));
    const child = spawn(process.execPath, [command, "serve", "--sandbox", "--port", "0", "--log", "off"], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, LAPLAS_SHOW_PROMPTS: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(child, "close");
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    });
    let printed = "";
    const url = await new Promise<string>((resolve, reject) => {
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        const match = /Page +(http:\S+\/), with a playground/.exec(printed);
        if (match !== null && printed.includes("Ctrl-C")) resolve(match[1] ?? "");
      });
      void ended.then(() => reject(new Error(`ended: ${printed}`)));
    });
    const page = await openPage(`${url}#playground`);
    await page.getByText("10 left today").waitFor();
    await page.getByLabel("Message").fill("What is a tide?");
    await page.getByRole("button", { name: "Send" }).click();
    await page
      .getByRole("log")
      .getByText(/API tokens/)
      .waitFor();
    await page.getByRole("link", { name: "Overview" }).click();
    await page.locator("#calls > li").getByText("What is a tide?").waitFor();
    await page.locator("#calls > li").getByText("playground · chat, streamed").waitFor();
    expect(await (await fetch(`${url}v1/quota`)).json()).toMatchObject({ windows: [{ used: expect.any(Number) }] });
    // It would complain that its gateway is gone.
    await page.close();
    child.kill("SIGTERM");
    expect((await ended)[0]).toBe(0);
    // The sandbox's account went with it.
    expect((await readdir(folder)).filter((name) => name.startsWith("laplas-sandbox-"))).toEqual([]);
  });
});
