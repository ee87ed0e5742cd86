import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { longText } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { dayOf, openGateway } from "../clients/open-gateway.ts";
import { blocksOf } from "../readme-blocks.ts";
import { type Home, openHome } from "./command-clients.ts";
import { claude } from "./run-claude-code.ts";
import { drawDot, lastMessages, NOTES, namesOfTools, openDeadEnd, play, serveAgent } from "./serve-agent.ts";

const page = readFileSync(new URL("../../docs/messages.md", import.meta.url), "utf8");
/** Its page's names of models: one that stands for itself keeps a Claude of the catalog. */
const { models } = JSON.parse(blocksOf(page, "json")[0]?.[1] ?? "{}") as { models: Record<string, string> };

const fileOf = ({ work }: Home, name: string): Promise<string> => readFile(join(work, name), "utf8");

/** Reads the notes, and writes a copy. */
const copying = ({ work }: Home) => [
  { tool: "Read", values: { file_path: join(work, NOTES.name) } },
  { tool: "Write", values: { file_path: join(work, "copy.txt"), content: "The harbor opens at seven.\n" } },
  "The copy is there.",
];

describe("Claude Code", () => {
  it.each([
    [undefined, "gpt-4o-mini", expect.stringMatching(/^claude-/)],
    ["haiku", "gpt-4o-mini", expect.stringMatching(/^claude-haiku-/)],
    ["claude-3-haiku-20240307", "claude-3-haiku-20240307", undefined],
    ["gemini-1.5-flash", "gemini-1.5-flash", undefined],
    ["meta-llama/Llama-3.3-70B-Instruct-Turbo", "meta-llama/Llama-3.3-70B-Instruct-Turbo", undefined],
    ["MiniMax-Text-01", "MiniMax-Text-01", undefined],
  ])("reads a file, writes another and finishes, asking for %s: %s answers", async (asked, model, askedModel) => {
    const agent = await serveAgent({ models });
    play(agent, copying(agent.home));
    const { stdout, code } = await claude(agent, "Copy the notes, an hour later", { model: asked });
    expect([code, stdout.trim()]).toEqual([0, "The copy is there."]);
    expect(await fileOf(agent.home, "copy.txt")).toBe("The harbor opens at seven.\n");
    expect(lastMessages(agent)).toContain(NOTES.text.trim());
    expect(agent.sandbox.counts()).toMatchObject({ received: 3, answered: 3 });
    const call = { path: "/v1/messages", client: "agent", model, outcome: "answered", parts: 1, ended: "complete" };
    const calls = await agent.calls();
    expect(calls).toMatchObject([call, call, call]);
    expect(calls.map((one) => one.askedModel)).toEqual([askedModel, askedModel, askedModel]);
    expect(agent.attempts).toEqual([]);
  });

  it("takes its token as a key as well, and goes on with a conversation", async () => {
    const agent = await serveAgent({ models });
    const [read] = copying(agent.home);
    if (read === undefined) throw new Error("nothing to read");
    play(agent, [read, "It opens at six.", "At seven, then."]);
    const key = "ANTHROPIC_API_KEY";
    await claude(agent, "When does the harbor open?", { key });
    const { stdout, code } = await claude(agent, "Make it an hour later", { key, flags: ["--continue"] });
    expect([code, stdout.trim()]).toEqual([0, "At seven, then."]);
    const said = ["When does the harbor open?", NOTES.text.trim(), "It opens at six.", "Make it an hour later"];
    const places = said.map((words) => lastMessages(agent).lastIndexOf(words));
    expect(places).toEqual(places.filter((place) => place >= 0).sort((one, other) => one - other));
    expect((await agent.calls()).map(({ client }) => client)).toEqual(["agent", "agent", "agent"]);
  });

  it("gets tools by its search, and offers no others that are deferred", async () => {
    const agent = await serveAgent({ models });
    play(agent, [
      { tool: "ToolSearch", values: { query: "select:CronList" } },
      { tool: "CronList", values: {} },
      "No jobs are there.",
    ]);
    const { stdout, code } = await claude(agent, "Which jobs are there?");
    expect([code, stdout.trim()]).toEqual([0, "No jobs are there."]);
    expect(lastMessages(agent)).toContain("No scheduled jobs");
    const [first = [], second = []] = agent.sandbox.requests.map(namesOfTools);
    expect(first).toContain("ToolSearch");
    expect(second.filter((name) => !first.includes(name))).toEqual(["CronList"]);
    for (const names of [first, second]) expect(names).not.toContain("DeferredToolPlaceholder");
    for (const { adjusted } of await agent.calls()) expect(adjusted).toContain("tools=without_deferred");
  });

  it("gets a call and a text whole that the limit cuts, and never asks to go on itself", async () => {
    const agent = await serveAgent({ models });
    const [content, story] = [longText({ kind: "file" }), longText({ tokens: 1_200 })];
    play(agent, [{ tool: "Write", values: { file_path: join(agent.home.work, "big.ts"), content } }, story]);
    const { stdout, code } = await claude(agent, "Write the program");
    expect([code, stdout.trim()]).toEqual([0, story]);
    expect(await fileOf(agent.home, "big.ts")).toBe(content);
    const calls = await agent.calls();
    expect(calls.map(({ parts, ended }) => [(parts ?? 0) > 1, ended])).toEqual([
      [true, "complete"],
      [true, "complete"],
    ]);
  });

  it("asks to go on itself where nothing continues a cut answer", async () => {
    const agent = await serveAgent({ models, continueAtCap: 0 });
    play(agent, [longText({ tokens: 1_200 }), "The end."]);
    const { stdout, code } = await claude(agent, "Tell a story");
    expect([code, stdout.trim()]).toEqual([0, expect.stringMatching(/The end\.$/)]);
    expect(lastMessages(agent)).toMatch(/Resume directly/);
    expect(await agent.calls()).toHaveLength(2);
  });

  it("stops at a picture that it reads, and says what is not taken", async () => {
    const agent = await serveAgent({ models });
    const path = await drawDot(agent.home);
    play(agent, [{ tool: "Read", values: { file_path: path } }]);
    const { stdout, code } = await claude(agent, "Look at the picture");
    expect(code).toBe(1);
    expect(stdout).toMatch(/API Error: 400 .*messages\[3\]\.content\[0\] holds a part of type "image"/);
    expect(agent.sandbox.counts()).toMatchObject({ received: 1, answered: 1 });
    const [first, ...more] = await agent.calls();
    expect(first?.outcome).toBe("answered");
    // It asks again without one beta after the other. Nothing of it is sent on.
    expect(new Set(more.map((call) => call.code))).toEqual(new Set(["image_input"]));
  });

  it("stops at a used-up quota and shows the sentence", async () => {
    const door = await openGateway({ laplas: { tier: dayOf(1) } });
    // The day's one token is overdrawn by a first call.
    await door.laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
    const url = door.baseURL.replace(/\/v1$/, "");
    const agent = { home: await openHome(), url, token: "unused", ...(await openDeadEnd()) };
    const { stdout, code } = await claude(agent, "Hello", {
      model: "claude-3-haiku-20240307",
      key: "ANTHROPIC_API_KEY",
    });
    expect(code).toBe(1);
    expect(stdout).toContain("API Error: Request rejected (429)");
    expect(stdout).toContain("It will reset at 2026-03-11T00:00:02.000Z");
    const calls = door.visits.filter(({ path }) => path === "/v1/messages");
    expect(calls.map(({ status }) => status)).toEqual([429]);
    expect(door.sandbox.counts().received).toBe(1);
  });
});
