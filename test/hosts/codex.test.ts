import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { longText } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { dayOf, openGateway } from "../clients/open-gateway.ts";
import { type Home, openHome } from "./command-clients.ts";
import { codex } from "./run-codex.ts";
import { drawDot, lastMessages, NOTES, openDeadEnd, play, serveAgent } from "./serve-agent.ts";

const fileOf = ({ work }: Home, name: string): Promise<string> => readFile(join(work, name), "utf8");
const shell = (cmd: string) => ({ tool: "exec_command", values: { cmd } });

describe("Codex", () => {
  it.each([
    "gpt-4o-mini",
    "claude-3-haiku-20240307",
    "gemini-1.5-flash",
    "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    "MiniMax-Text-01",
  ])("reads a file, writes another and finishes on %s", async (model) => {
    const agent = await serveAgent();
    play(agent, [shell(`cat ${NOTES.name}`), shell(`sed s/six/seven/ ${NOTES.name} > copy.txt`), "The copy is there."]);
    const { stdout, code } = await codex(agent, "Copy the notes, an hour later", model);
    expect([code, stdout.trim()]).toEqual([0, "The copy is there."]);
    expect(await fileOf(agent.home, "copy.txt")).toBe("The harbor opens at seven.\n");
    expect(lastMessages(agent)).toContain(NOTES.text.trim());
    expect(agent.sandbox.counts()).toMatchObject({ received: 3, answered: 3 });
    const call = { path: "/v1/responses", client: "agent", model, outcome: "answered", parts: 1, ended: "complete" };
    expect(await agent.calls()).toMatchObject([call, call, call]);
    expect(agent.attempts).toEqual([]);
  });

  it("runs the tools of its own model, custom ones and those of namespaces, by another model", async () => {
    const agent = await serveAgent({ models: { "gpt-6*": "gpt-4o-mini" } });
    const patch = "*** Begin Patch\n*** Add File: copy.txt\n+The harbor opens at seven.\n*** End Patch";
    play(agent, [
      { tool: "functions__exec", values: { input: `text(await tools.exec_command({ cmd: "cat ${NOTES.name}" }));` } },
      { tool: "functions__exec", values: { input: `text(await tools.apply_patch(${JSON.stringify(patch)}));` } },
      { tool: "collaboration__list_agents", values: {} },
      "The copy is there.",
    ]);
    const { stdout, code } = await codex(agent, "Copy the notes, an hour later");
    expect([code, stdout.trim()]).toEqual([0, "The copy is there."]);
    expect(await fileOf(agent.home, "copy.txt")).toBe("The harbor opens at seven.\n");
    expect(lastMessages(agent)).toContain(NOTES.text.trim());
    expect(lastMessages(agent)).toMatch(/agent_status[^}]*running/);
    expect(agent.sandbox.counts()).toMatchObject({ received: 4, answered: 4 });
    const adjusted = ["tools=namespaces_flattened", "tools=custom_as_functions"];
    const call = { model: "gpt-4o-mini", askedModel: expect.stringMatching(/^gpt-6/), outcome: "answered" };
    const calls = await agent.calls();
    expect(calls).toMatchObject([call, call, call, call]);
    for (const one of calls) expect(one.adjusted).toEqual(expect.arrayContaining(adjusted));
  });

  it("goes on with a session", async () => {
    const agent = await serveAgent();
    play(agent, [shell(`cat ${NOTES.name}`), "It opens at six.", "At seven, then."]);
    await codex(agent, "When does the harbor open?", "gpt-4o-mini");
    const { stdout, code } = await codex(agent, "Make it an hour later", "gpt-4o-mini", ["resume", "--last"]);
    expect([code, stdout.trim()]).toEqual([0, "At seven, then."]);
    const said = ["When does the harbor open?", NOTES.text.trim(), "It opens at six.", "Make it an hour later"];
    const places = said.map((words) => lastMessages(agent).lastIndexOf(words));
    expect(places).toEqual(places.filter((place) => place >= 0).sort((one, other) => one - other));
  });

  it("gets a call and a text whole that the limit cuts", async () => {
    const agent = await serveAgent();
    const [file, story] = [longText({ kind: "file" }), longText({ tokens: 1_200 })];
    play(agent, [shell(`cat > big.ts <<'END'\n${file}\nEND`), story]);
    const { stdout, code } = await codex(agent, "Write the program", "gpt-4o-mini");
    expect([code, stdout.trim()]).toEqual([0, story]);
    expect(await fileOf(agent.home, "big.ts")).toBe(`${file}\n`);
    const calls = await agent.calls();
    expect(calls.map(({ parts, ended }) => [(parts ?? 0) > 1, ended])).toEqual([
      [true, "complete"],
      [true, "complete"],
    ]);
  });

  it("takes a cut answer for an error where nothing continues it, and asks no more", async () => {
    const agent = await serveAgent({ continueAtCap: 0 });
    play(agent, [longText({ tokens: 1_200 })]);
    const { stderr, code } = await codex(agent, "Tell a story", "gpt-4o-mini");
    expect(code).toBe(1);
    expect(stderr).toContain("Incomplete response returned, reason: max_output_tokens");
    expect(await agent.calls()).toHaveLength(1);
  });

  it("stops at a picture that it looks at, and says what is not taken", async () => {
    const agent = await serveAgent();
    const path = await drawDot(agent.home);
    play(agent, [{ tool: "view_image", values: { path } }]);
    const { stderr, code } = await codex(agent, "Look at the picture", "gpt-4o-mini");
    expect(code).toBe(1);
    expect(stderr).toMatch(/input\[\d+\] holds a part of type \\"input_image\\"/);
    expect(agent.sandbox.counts()).toMatchObject({ received: 1, answered: 1 });
    const [first, second, ...more] = await agent.calls();
    expect([first?.outcome, second?.code, more]).toEqual(["answered", "image_input", []]);
  });

  it("stops at a used-up quota and names when it resets", async () => {
    // It says less of a time of its own day.
    const clock = { start: Date.parse("2100-03-10T12:00:00.000Z"), frozen: true };
    const door = await openGateway({ laplas: { tier: dayOf(1) }, sandbox: { clock } });
    // The day's one token is overdrawn by a first call.
    await door.laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
    const url = door.baseURL.replace(/\/v1$/, "");
    const agent = { home: await openHome(), url, token: "unused", ...(await openDeadEnd()) };
    const { stderr, code } = await codex(agent, "Hello", "gpt-4o-mini");
    expect(code).toBe(1);
    expect(stderr).toMatch(/hit your usage limit\. Try again at Mar 11th, 2100 12:00 AM\./);
    expect(door.visits.map(({ path, status }) => [path, status])).toEqual([["/v1/responses", 429]]);
    expect(door.sandbox.counts().received).toBe(1);
  });
});
