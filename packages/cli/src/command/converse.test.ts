import { expect, it } from "vitest";
import { holdAnswer } from "../../../gateway/src/testing/hold-answer.js";
import { type CommandRun, openShell, type Shell } from "../testing/open-shell.js";

/** A conversation in a terminal, at its first prompt. */
async function converse(shell: Shell, args: readonly string[] = []): Promise<CommandRun> {
  const environment = { NO_COLOR: "1", LAPLAS_LEDGER: "memory" };
  const run = shell.start(["chat", ...args], { columns: 100, input: "open", environment });
  await run.until("screen", /gpt-4o-mini · \/help says what else there is, Ctrl-D leaves\n.*› /);
  return run;
}

const CTRL_C = "\u0003";

it("keeps the system message and what was said, forgets on /new, and leaves on /exit", async () => {
  const shell = await openShell();
  const run = await converse(shell, ["-s", "Be brief."]);
  run.stdin.write("Hello\r");
  await run.until("screen", /16 API tokens|API tokens · [\d,]+ left/);
  run.stdin.write("/new\r");
  await run.until("screen", /Forgotten\./);
  run.stdin.write("Hello again\r");
  await run.until("screen", /API tokens ·[\s\S]*API tokens ·/);
  run.stdin.write("/exit\r");
  expect(await run.ended).toBe(0);
  const asked = shell.sandbox.requests.map(({ body }) =>
    (body as { messages: { content: string }[] }).messages.map(({ content }) => content),
  );
  expect(asked).toEqual([
    ["Be brief.", "Hello"],
    ["Be brief.", "Hello again"],
  ]);
});

it("explains itself, and what it does not understand", async () => {
  const run = await converse(await openShell());
  run.stdin.write("/help\r");
  await run.until("screen", /\/model <name> +go on with another model/);
  run.stdin.write("/frobnicate\r");
  await run.until("screen", /There is no \/frobnicate; \/help has what there is\./);
  run.stdin.write("/model\r");
  await run.until("screen", /\/model needs a name; laplas models has them\./);
  run.stdin.write("/model gpt4o-mni\r");
  await run.until("screen", /That is no chat model of this tier\. Did you mean gpt-4o-mini/);
  run.stdin.end();
  expect(await run.ended).toBe(0);
});

it("takes Ctrl-C for a line that is begun, then for the end", async () => {
  const shell = await openShell();
  const run = await converse(shell);
  run.stdin.write("never as\\\r");
  await run.until("screen", /… /);
  run.stdin.write(`ked${CTRL_C}`);
  await run.until("screen", /… [\s\S]*› /);
  run.stdin.write(CTRL_C);
  expect(await run.ended).toBe(0);
  expect(shell.sandbox.counts().received).toBe(0);
});

it("leaves at once on the second Ctrl-C during an answer", async () => {
  const shell = await openShell();
  const held = holdAnswer(shell.sandbox, { afterChunks: 100 });
  const run = await converse(shell);
  run.stdin.write("write 2000 words about mills\r");
  await run.until("stdout", /words about mills[\s\S]*mills/);
  run.stdin.write(CTRL_C);
  await run.until("stderr", /Ending, as soon as it is known what that cost/);
  run.stdin.write(CTRL_C);
  expect(await run.ended).toBe(130);
  held.release();
  await shell.sandbox.idle();
});

it("is for people: not with --json", async () => {
  const { code, stderr } = await (await openShell()).run(["chat", "--json"], { columns: 100 });
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/--json needs a prompt: a conversation is for people\.\n$/),
  ]);
});
