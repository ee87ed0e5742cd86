import { type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { Command, MemorySaver } from "@langchain/langgraph";
import { type AgentMiddleware, createAgent, humanInTheLoopMiddleware } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { CUT_ARGUMENTS, STRANGE_ARGUMENTS } from "../testing/cut-calls.js";
import { openWorld, type World } from "../testing/open-world.js";
import { answerOf, streamOf } from "../testing/scripted-answers.js";

type Agent = ReturnType<typeof createAgent>;
type State = { messages: BaseMessage[] };
const input = { messages: [new HumanMessage("Pay Ada 1000")] };

/** Every way in which an agent is run, to its last state. */
const PATHS: Record<string, (agent: Agent) => Promise<State>> = {
  invoke: (agent) => agent.invoke(input as never) as Promise<State>,
  "stream of values": (agent) => streamed(agent, "values"),
  "stream of updates": (agent) => streamed(agent, "updates"),
  "stream of messages": (agent) => streamed(agent, "messages"),
  "stream of messages and updates": (agent) => streamed(agent, ["messages", "updates"]),
  "streamEvents v2": async (agent) => {
    let last: State = { messages: [] };
    for await (const { event, data } of agent.streamEvents(input as never, { version: "v2" })) {
      if (event === "on_chain_end" && Array.isArray(data.output?.messages)) last = data.output;
    }
    return last;
  },
  "streamEvents v3": async (agent) =>
    (await agent.streamEvents(input as never, { version: "v3" })).output as Promise<State>,
};

/** The graph keeps its state to itself in these modes, so the last state is read from a checkpoint. */
async function streamed(
  agent: Agent,
  streamMode: "values" | "updates" | "messages" | ("messages" | "updates")[],
): Promise<State> {
  const config = { configurable: { thread_id: "1" } };
  agent.checkpointer = new MemorySaver();
  for await (const _ of await agent.stream(input as never, { ...config, streamMode } as never));
  return ((await agent.graph.getState(config)) as { values: State }).values;
}

const SETTINGS = [{}, { streaming: true }, { outputVersion: "v1" }, { outputVersion: "v1", streaming: true }] as const;
const cases = SETTINGS.flatMap((settings) => Object.entries(PATHS).map(([path, run]) => ({ path, run, settings })));
const call = (name: string, args: string, id = `call_${name}`) => ({
  id,
  type: "function",
  function: { name, arguments: args },
});

/** An agent with two tools that say how they were called, the calls that it gets, whole or streamed, and its last words. */
async function openAgent(
  settings: (typeof SETTINGS)[number],
  calls: readonly ReturnType<typeof call>[],
  finishReason: string,
  more: { middleware?: AgentMiddleware[]; checkpointer?: MemorySaver } = {},
) {
  const world = await openWorld();
  script(
    world,
    answerOf({ tool_calls: calls }, finishReason),
    streamOf(
      calls.flatMap(({ function: { name, arguments: args }, ...rest }, index) => [
        { tool_calls: [{ index, ...rest, function: { name } }] },
        ...(args === "" ? [] : [{ tool_calls: [{ index, function: { arguments: args } }] }]),
      ]),
      finishReason,
    ),
  );
  script(world, answerOf({ content: "Done." }, "stop"), streamOf([{ content: "Done." }], "stop"));
  const ran: unknown[] = [];
  const pay = tool(
    (args) => {
      ran.push(args);
      return "paid";
    },
    {
      name: "pay",
      description: "Pays a sum",
      schema: z.object({ to: z.string(), amount: z.number() }).partial().loose(),
    },
  );
  const now = tool(
    () => {
      ran.push("now");
      return "noon";
    },
    {
      name: "now",
      description: "The time",
      schema: z.object({}),
    },
  );
  const agent = createAgent({ model: world.chat(settings), tools: [pay, now], ...more });
  return { agent: agent as unknown as Agent, ran, world };
}

interface SentMessage {
  readonly content: string;
  readonly tool_call_id?: string;
  readonly tool_calls?: { id: string }[];
}

function secondRequest({ sandbox }: World): readonly SentMessage[] {
  const body = sandbox.requests[1]?.body as { messages: SentMessage[] } | undefined;
  return body?.messages ?? [];
}

/** The next request meets one or the other. */
function script({ sandbox }: World, whole: ReturnType<typeof answerOf>, streamed: ReturnType<typeof streamOf>) {
  sandbox.fault(whole, { when: ({ streamed: isStream }) => !isStream });
  sandbox.fault(streamed, { when: ({ streamed: isStream }) => isStream });
}

describe.each(cases)("an agent by $path with $settings", ({ run, settings }) => {
  it("never runs a call that was cut, and its last message says why", async () => {
    const broken = [...STRANGE_ARGUMENTS, ...CUT_ARGUMENTS].map(([kind, args]) => call("pay", args, kind));
    for (const finishReason of ["length", "tool_calls"]) {
      const { agent, ran, world } = await openAgent(settings, broken, finishReason);
      const { messages } = await run(agent);
      expect(ran).toEqual([]);
      expect(messages.map(({ type }) => type)).toEqual(["human", "ai"]);
      expect(messages.at(-1)?.text).toContain("The call of pay");
      expect(messages.at(-1)?.text).toContain("tier's output limit of 512 tokens");
      expect(world.sandbox.requests).toHaveLength(1);
    }
  });

  it("runs whole calls before one that was cut, and the model learns which was not", async () => {
    const calls = [
      call("now", ""),
      call("pay", '{"to": "Ada", "amount": 10}'),
      call("pay", '{"amount": 10', "call_cut"),
    ];
    const { agent, ran, world } = await openAgent(settings, calls, "length");
    const { messages } = await run(agent);
    expect(ran).toHaveLength(2);
    expect(ran).toEqual(expect.arrayContaining(["now", { to: "Ada", amount: 10 }]));
    expect(messages.at(-1)?.text).toBe("Done.");
    const sent = secondRequest(world);
    const results = sent.filter(({ tool_call_id: id }) => id !== undefined);
    expect(results.map(({ tool_call_id: id }) => id).sort()).toEqual(["call_cut", "call_now", "call_pay"]);
    expect(results.find(({ tool_call_id: id }) => id === "call_cut")?.content).toContain("was not run");
  });

  it("runs a call to which no argument was ever written", async () => {
    const { agent, ran } = await openAgent(settings, [call("now", "")], "tool_calls");
    const { messages } = await run(agent);
    expect(ran).toEqual(["now"]);
    expect(messages.map(({ type }) => type)).toEqual(["human", "ai", "tool", "ai"]);
  });

  it("runs calls that came without ids", async () => {
    const calls = [call("now", "", ""), call("pay", '{"amount": 1}', "")];
    const { agent, ran, world } = await openAgent(settings, calls, "tool_calls");
    await run(agent);
    expect(ran).toHaveLength(2);
    const sent = secondRequest(world);
    const made = sent.flatMap(({ tool_calls: written = [] }) => written.map(({ id }) => id));
    expect(new Set(made).size).toBe(2);
    expect(sent.flatMap(({ tool_call_id: id }) => id ?? []).sort()).toEqual(made.sort());
    expect(made.every((id) => /^[\w-]{1,40}$/.test(id))).toBe(true);
  });
});

it("an agent that was interrupted before its tools runs none that was cut when it goes on", async () => {
  const calls = [call("pay", '{"to": "Ada", "amount": 10}'), call("pay", '{"amount": 10', "call_cut")];
  for (const settings of SETTINGS) {
    const middleware = [humanInTheLoopMiddleware({ interruptOn: { pay: true } }) as unknown as AgentMiddleware];
    const checkpointer = new MemorySaver();
    const { agent, ran, world } = await openAgent(settings, calls, "length", { middleware, checkpointer });
    const config = { configurable: { thread_id: "1" } };
    for await (const _ of await agent.stream(input as never, { ...config, streamMode: "messages" } as never));
    expect(ran).toEqual([]);
    await agent.invoke(new Command({ resume: { decisions: [{ type: "approve" }] } }) as never, config as never);
    expect(ran).toEqual([{ to: "Ada", amount: 10 }]);
    expect(world.sandbox.requests).toHaveLength(2);
  }
});
