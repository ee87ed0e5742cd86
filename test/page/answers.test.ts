import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LaplasOptions } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import type { Page } from "playwright-core";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { CHROMIUM, openPage, overflowOf, seriousTroubles, setStage, textOf } from "./set-stage.ts";
import { answerWith, chunk, EVENTS, streamEnd } from "./write-answer.ts";

/** What models write, as the playground shows it. */

async function ask(page: Page, question = "Go on."): Promise<void> {
  await page.getByLabel("Message").fill(question);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

/** Asks, and waits for the answer to end. */
async function askAndWait(page: Page, question?: string): Promise<void> {
  await ask(page, question);
  await page.locator('.log[aria-busy="false"] .exchange:last-child .turn-foot').waitFor();
}

/** Without a limit of output tokens. */
const ROOMY = {
  name: "roomy",
  title: "Roomy",
  rules: [
    {
      id: "daily_requests",
      kind: "window",
      meter: "requests",
      limit: 100,
      period: { type: "day" },
      scope: "account",
      marginMs: 2_000,
      evidence: { source: "this test", date: "2026-11-29", status: "assumed" },
    },
  ],
} as const satisfies LaplasOptions["tier"];

const HOSTILE = `<img src=x onerror="window.isHit=1"><script>window.isHit=1</script>

<iframe src="https://evil.example/"></iframe><svg onload="window.isHit=1">

[one](javascript:window.isHit=1) [two](data:text/html,<script>window.isHit=1</script>) [three](https://a.example/)

![four](https://evil.example/pixel.png) ![five](data:image/svg+xml,<svg/onload=1>) <https://b.example/?a=<script>

[six](#models) [seven](//evil.example/) [eight](/v1/quota) [nine](mailto:a@b.example)

| <b onclick="window.isHit=1">cell</b> | \`<u>\` |
|---|---|
| <br> | <style>body{display:none}</style> |

\`\`\`html
<script>window.isHit = 1</script>
\`\`\`
`;

describe.skipIf(CHROMIUM === undefined)("an answer in Markdown", () => {
  it("holds nothing that runs, loads or leads astray, whatever the model wrote", async () => {
    const { open, sandbox } = await setStage();
    const page = await open("#playground");
    await page.getByText("10 left today").waitFor();
    answerWith(sandbox, HOSTILE, { thoughts: HOSTILE, size: 7 });
    await askAndWait(page, HOSTILE);
    await page.getByText("Thoughts").click();
    const prose = page.locator(".thoughts .prose, .theirs > .prose");
    await expect.poll(() => prose.count()).toBe(2);
    expect(await page.locator(".log").locator("img, script, iframe, svg, style, object, b, u").count()).toBe(0);
    const links = await prose.last().locator("a").all();
    const told = links.map(async (link) => [await textOf(link), await link.getAttribute("href")]);
    expect(await Promise.all(told)).toEqual([
      // An address that stands in the text is a link, in what looks like HTML too.
      ['https://evil.example/">', "https://evil.example/%22%3E"],
      ["three", "https://a.example/"],
      ["Picture: four", "https://evil.example/pixel.png"],
      ["https://b.example/?a=", "https://b.example/?a="],
      ["nine", "mailto:a@b.example"],
    ]);
    for (const link of links) {
      expect(await link.getAttribute("rel")).toBe("noopener noreferrer");
      expect(await link.getAttribute("target")).toBe("_blank");
    }
    expect(await textOf(prose.last())).toContain('<img src=x onerror="window.isHit=1"><script>window.isHit=1</script>');
    expect(await page.evaluate("window.isHit")).toBeUndefined();
    expect(await seriousTroubles(page)).toEqual([]);
  });

  it("could be no markup if it tried: the browser takes no text for it on this page", async () => {
    const { open } = await setStage();
    const page = await open("#playground", { mayComplain: true });
    await page.getByText("10 left today").waitFor();
    expect(await page.evaluate("try { document.body.innerHTML = '<p>'; 'taken' } catch { 'refused' }")).toBe("refused");
  });

  it("keeps the words and the short cells of a table whole on a phone, where it scrolls", async () => {
    const { open, sandbox } = await setStage();
    const page = await open("#playground", { viewport: { width: 390, height: 844 } });
    await page.getByText("10 left today").waitFor();
    const cells = ["Fundy", "22", "16.3 m", "1,222", "New Brunswick", "the highest tides that anybody has measured"];
    answerWith(sandbox, `|Place|Days|Range|Times|Country|About it|\n|-|-|-|-|-|-|\n|${cells.join("|")}|\n`);
    await askAndWait(page);
    const linesOf = (text: string): Promise<number> =>
      page.getByRole("cell", { name: text, exact: true }).evaluate((cell) => {
        const range = cell.ownerDocument.createRange();
        range.selectNodeContents(cell);
        return range.getClientRects().length;
      });
    for (const text of cells.slice(0, -1)) expect(await linesOf(text)).toBe(1);
    expect(await linesOf(cells.at(-1) ?? "")).toBeGreaterThan(1);
    const table = page.getByRole("region", { name: "Table" });
    expect(await table.evaluate((scrolled) => scrolled.scrollWidth - scrolled.clientWidth)).toBeGreaterThan(0);
    expect(await overflowOf(page)).toBe(0);
  });

  const deep = Array.from({ length: 1_000 }, (_, level) => `${"  ".repeat(level)}- level ${level}`).join("\n");
  test.each([
    ["lists 1,000 deep", deep, "level 999"],
    ["a million backticks", `a ${"`".repeat(1_000_000)} b`, "` b"],
    ["a block of code of 600 kB", `\`\`\`\n${"let a;\n".repeat(85_000)}last`, "last"],
    ["quotes in quotes", `${">".repeat(5_000)} deep`, "deep"],
  ])("is shown, and the page stays as wide as it is: %s", async (_, text, last) => {
    // The engine ends an answer that is many times as long as its limit allows.
    const stage = await setStage({}, {}, { tier: ROOMY });
    const gateway = createGateway({ laplas: stage.laplas, playground: stage.laplas });
    const server = await listen(gateway, { port: 0 });
    onTestFinished(async () => {
      await server.close(0);
      gateway.close();
    });
    const { sandbox } = stage;
    const page = await openPage(`${server.url}/#playground`, { viewport: { width: 390, height: 844 } });
    await page
      .getByText(/left today/)
      .last()
      .waitFor();
    answerWith(sandbox, text, { size: 20_000 });
    await askAndWait(page);
    expect((await textOf(page.locator(".theirs .prose"))).trimEnd().endsWith(last)).toBe(true);
    expect(await overflowOf(page)).toBe(0);
    answerWith(sandbox, "**Still** here.");
    await askAndWait(page);
    await page.locator(".theirs strong").getByText("Still").waitFor();
  });

  it("reads from where its script begins, part by part, and code always from the left", async () => {
    const { open, sandbox } = await setStage();
    const page = await open("#playground");
    await page.getByText("10 left today").waitFor();
    const text = `مرحبا **بالعالم** مع \`npm install\` 👋🏽.

- أولا
- ثانيا

| اسم | قيمة |
|---|---|
| أ | ب |

\`\`\`sh
echo مرحبا
\`\`\`

English again.

**注意：**请先阅读👩‍👩‍👧‍👦。`;
    answerWith(sandbox, text, { size: 3 });
    await askAndWait(page, "מה שלומך?");
    const directionOf = (selector: string): Promise<string> =>
      page
        .locator(`.theirs ${selector}`)
        .first()
        .evaluate(
          (element) =>
            (globalThis as unknown as { getComputedStyle(of: unknown): { direction: string } }).getComputedStyle(
              element,
            ).direction,
        );
    const directions = await Promise.all(
      ["p", "p code", "ul", "table", "pre", "p >> text=English", "p >> text=请先"].map(directionOf),
    );
    expect(directions).toEqual(["rtl", "ltr", "rtl", "rtl", "ltr", "ltr", "ltr"]);
    expect(await page.locator(".mine > div").evaluate((element) => element.matches(":dir(rtl)"))).toBe(true);
    await page.locator(".theirs strong").getByText("注意：", { exact: true }).waitFor();
    await page.getByText("👩‍👩‍👧‍👦").waitFor();
    expect(await seriousTroubles(page)).toEqual([]);
  });

  it("is drawn as it comes, without half a mark, and what was drawn stays", async () => {
    const { page, write } = await openWithHand();
    await ask(page);
    const prose = page.locator(".theirs .prose");
    await write("## Code\n\nSome **bo");
    await prose.locator("strong").getByText("bo", { exact: true }).waitFor();
    await write("ld** words:\n\n``");
    await prose.getByText("Some bold words:").waitFor();
    expect(await textOf(prose)).toBe("CodeSome bold words:");
    await write("`js\nlet a = 1;\n");
    const code = prose.locator("pre code");
    await expect.poll(() => textOf(code)).toBe("let a = 1;");
    // A mark on the nodes that are there shows that they are the same ones later.
    await prose.locator("h4, p").evaluateAll((nodes) => {
      for (const node of nodes) Object.assign(node, { isKept: true });
    });
    await write("``");
    await write("`\n\nSee [this](https://a.exam");
    await prose.getByText("See this").waitFor();
    expect(await prose.locator("a").count()).toBe(0);
    await write("ple/).");
    await write(undefined);
    await prose.getByRole("link", { name: "this" }).waitFor();
    await prose.getByRole("button", { name: "Copy the code" }).waitFor();
    const kept = await prose.locator("h4, p").evaluateAll((nodes) => nodes.map((node) => "isKept" in node));
    expect(kept).toEqual([true, true, false]);
  });

  it("gives its code and its text away by a button", async () => {
    const { open, sandbox } = await setStage();
    const page = await open("#playground", { permissions: ["clipboard-read", "clipboard-write"] });
    await page.getByText("10 left today").waitFor();
    const text = "Run:\n\n```sh\nls -l | wc\n  <b>\n```\n\nThat **counts**.";
    answerWith(sandbox, text);
    await askAndWait(page);
    const copied = (): Promise<unknown> => page.evaluate("navigator.clipboard.readText()");
    await page.getByRole("button", { name: "Copy the code" }).click();
    await expect.poll(copied).toBe("ls -l | wc\n  <b>");
    await page.getByRole("button", { name: "Copy the answer" }).click();
    await expect.poll(copied).toBe(text);
  });
});

describe.skipIf(CHROMIUM === undefined)("an answer", () => {
  it("that the tier cut is continued with one press, and arrives as one text", async () => {
    const question = "Write 900 words about the sea.";
    const { open, sandbox, laplas } = await setStage();
    const whole = await laplas.chat(
      { model: "gpt-4o-mini", messages: [{ role: "user", content: question }] },
      { continueAtCap: 1 },
    );
    const expected = whole.choices[0]?.message.content ?? "";
    expect(whole.laplas.parts).toHaveLength(2);
    const page = await open("#playground", { permissions: ["clipboard-read", "clipboard-write"] });
    await page.getByText("10 left today").waitFor();
    await askAndWait(page, question);
    await page.getByText("cut at 512 tokens").waitFor();
    const begun = await textOf(page.locator(".theirs .prose"));
    await page.getByRole("button", { name: "Continue" }).press("Enter");
    await page.getByText(/gpt-4o-mini · [\d,]+ API tokens in 2 parts/).waitFor();
    // The button is gone, and the keyboard's place with it.
    expect(await page.locator(":focus").getAttribute("aria-label")).toBe("Conversation");
    expect(await page.locator(".exchange").count()).toBe(1);
    const joined = await textOf(page.locator(".theirs .prose"));
    expect(joined.length).toBeGreaterThan(begun.length * 1.5);
    expect(joined.startsWith(begun.trimEnd())).toBe(true);
    await page.getByRole("button", { name: "Copy the answer" }).click();
    await expect.poll(() => page.evaluate("navigator.clipboard.readText()")).toBe(expected);
    // The next question is asked behind the whole.
    await askAndWait(page, "Thank you.");
    expect(sandbox.requests.at(-1)?.body).toMatchObject({
      messages: [{ role: "user" }, { role: "assistant", content: expected }, { role: "user" }],
    });
  });

  it("that goes astray when it is continued stays as it was, and is asked for more firmly", async () => {
    const { open, sandbox } = await setStage();
    const page = await open("#playground");
    await page.getByText("10 left today").waitFor();
    const begun = "The harbor had 12 ships on Monday, and one of them was painted red by thr";
    answerWith(sandbox, begun, { reason: "length" });
    await askAndWait(page);
    answerWith(sandbox, "The harbor had 12 ships on Monday. They were all blue.");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("status").getByText("did not go on where its answer ends").waitFor();
    expect(await textOf(page.locator(".theirs .prose"))).toBe(begun);
    answerWith(sandbox, "<<<CONTINUE>>>\nand one of them was painted red by three sailors.");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("painted red by three sailors.").waitFor();
    expect(await page.getByRole("button", { name: "Continue" }).count()).toBe(0);
    const instructions = sandbox.requests.slice(-2).map(({ body }) => {
      const { messages } = body as { messages: { content: string }[] };
      return messages.at(-1)?.content;
    });
    expect(instructions[1]).not.toBe(instructions[0]);
  });

  it("comes anew when it is asked for, and the one before stays where none comes", async () => {
    const { open, sandbox } = await setStage();
    const page = await open("#playground", { mayComplain: true });
    await page.getByText("10 left today").waitFor();
    answerWith(sandbox, "First.");
    await askAndWait(page, "Say something.");
    answerWith(sandbox, "Second.");
    await page.getByRole("button", { name: "Regenerate" }).click();
    await page.getByText("Second.").waitFor();
    expect(await page.locator(".exchange").count()).toBe(1);
    expect(await page.getByText("First.").count()).toBe(0);
    expect(sandbox.requests.at(-1)?.body).toMatchObject({ messages: [{ role: "user", content: "Say something." }] });
    sandbox.fault({ kind: "serverError", status: 500 }, { times: 20 });
    await page.getByRole("button", { name: "Regenerate" }).click();
    await page.getByRole("alert").getByRole("heading").waitFor();
    await page.getByText("Second.").waitFor();
    expect(await page.getByRole("alert").getByRole("heading").count()).toBe(1);
  });

  it("keeps its thoughts folded", async () => {
    const { open, sandbox } = await setStage();
    const page = await open("#playground");
    await page.getByText("10 left today").waitFor();
    answerWith(sandbox, "42.", { thoughts: "Six times *seven*." });
    await askAndWait(page);
    expect(await page.getByText("Six times").count()).toBe(0);
    await page.getByText("Thoughts").click();
    await page.locator(".thoughts em").getByText("seven").waitFor();
    // They are not sent on.
    await askAndWait(page, "And?");
    expect(JSON.stringify(sandbox.requests.at(-1)?.body)).not.toContain("Six times");
    answerWith(sandbox, "", { thoughts: "On and on", reason: "length" });
    await ask(page, "Think hard.");
    await page.getByText("The model thought until its tokens were used up, and said nothing.").waitFor();
    expect(await page.getByLabel("Message").inputValue()).toBe("Think hard.");
  });
});

/** The playground of an upstream whose answer is written by hand. */
async function openWithHand(): Promise<{ page: Page; write: (text: string | undefined) => Promise<void> }> {
  let response: ServerResponse | undefined;
  const upstream = createServer((request, next) => {
    request.resume();
    next.writeHead(200, EVENTS).flushHeaders();
    response = next;
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  onTestFinished(() => {
    upstream.closeAllConnections();
    upstream.close();
  });
  const baseURL = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
  const { open } = await setStage({}, {}, { baseURL });
  const page = await open("#playground");
  await page.getByText("10 left today").waitFor();
  return {
    page,
    async write(text) {
      await expect.poll(() => response !== undefined).toBe(true);
      if (text === undefined) response?.end(streamEnd());
      else response?.write(chunk({ content: text }));
    },
  };
}
