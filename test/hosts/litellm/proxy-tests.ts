import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI, { APIError } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dayOf, rejection, rounded, sandboxVectors } from "../../clients/open-gateway.ts";
import { type Home, openHome } from "../command-clients.ts";
import type { Python } from "../python.ts";
import { claude } from "../run-claude-code.ts";
import { codex } from "../run-codex.ts";
import { NOTES, openDeadEnd, play } from "../serve-agent.ts";
import { type CleanEnvironment, openCleanEnvironment } from "./clean-environment.ts";
import { generatedConfig, withOtherModel } from "./generated-config.ts";
import { type LitellmProxy, MASTER_KEY, openProxy } from "./open-proxy.ts";
import { openWorld } from "./open-world.ts";
import { openWorldUntil, sixteenADay, spend, type World, type WorldOptions } from "./worlds.ts";

const HELLO = [{ role: "user", content: "Hello" }] as const;
const TEXTS = ["The ferry leaves at seven", "Bread is baked with flour"];
const TOKEN = "the-token-of-the-proxy";
const SEA = "Write 60 words about the sea";
/** Paths of other protocols, which LiteLLM translates. */
const BRIDGES: readonly (readonly [path: string, ask: Ask])[] = [
  ["/v1/responses", askResponses],
  ["/v1/messages", askMessages],
];

/** Four workers import LiteLLM for half a minute, on a machine that has nothing else to do. */
const START_MS = 300_000;

/** What a proxy has been up for, and everything that goes away with it. */
interface Setup {
  readonly world: World;
  readonly proxy: LitellmProxy;
  /** An OpenAI client with its own two retries. */
  readonly client: OpenAI;
  /** One of Anthropic's, with as many. */
  readonly anthropic: Anthropic;
  /** Requests that the clients made, retries included. */
  requests(): number;
}

interface SetupOptions extends WorldOptions {
  readonly models?: readonly string[];
  readonly fallback?: string;
  readonly workers?: number;
}

/** LiteLLM's proxy, with the configuration as it is generated and the package as it is installed. */
export function testProxy(python: Python): void {
  let environment: CleanEnvironment;
  beforeAll(async () => {
    environment = await openCleanEnvironment(python);
  }, START_MS);
  afterAll(() => environment.close());

  /** Opened before the tests of a `describe`, closed after them. */
  const setUp = (options: () => SetupOptions): (() => Setup) => {
    const work: (() => Promise<void>)[] = [];
    let setup: Setup | undefined;
    beforeAll(async () => {
      const { models, fallback, workers, ...settings } = options();
      const world = await openWorldUntil((one) => void work.push(one), settings);
      const variables: Record<string, string> =
        settings.token === undefined ? {} : { LAPLAS_GATEWAY_TOKEN: settings.token };
      const named = { ...(models === undefined ? {} : { models }), ...(fallback === undefined ? {} : { fallback }) };
      const config = withOtherModel(await generatedConfig(world, { ...named, variables }), world);
      const spawned = {
        command: environment.command,
        config,
        variables,
        ...(workers === undefined ? {} : { workers }),
      };
      const proxy = await openProxy(spawned);
      work.push(proxy.end);
      let requests = 0;
      const counted: typeof fetch = (...args) => {
        requests += 1;
        return fetch(...args);
      };
      const client = new OpenAI({ baseURL: proxy.baseURL, apiKey: MASTER_KEY, fetch: counted });
      const anthropic = new Anthropic({ baseURL: proxy.url, apiKey: MASTER_KEY, fetch: counted });
      setup = { world, proxy, client, anthropic, requests: () => requests };
    }, START_MS);
    afterAll(async () => {
      for (const one of work.reverse()) await one();
    }, START_MS);
    return () => {
      if (setup === undefined) throw new Error("the proxy is not up");
      return setup;
    };
  };

  describe("with every model of the tier", () => {
    // The sandbox has less than the engine believes, so that it is the upstream that says so in the end.
    const setup = setUp(() => ({ token: TOKEN, sandbox: { rules: { dailyApiTokens: 5_000 } }, fallback: "other" }));

    it("takes the whole configuration, and the callback from the installed wheel", async () => {
      const { proxy, client, world } = setup();
      const names = (await client.models.list()).data.map(({ id }) => id);
      const { data } = (await (await world.laplas.fetch("http://gateway/v1/models")).json()) as {
        data: { id: string; alias_of?: string }[];
      };
      const primary = data.filter(({ alias_of: alias }) => alias === undefined).map(({ id }) => `laplas/${id}`);
      expect(primary.length).toBeGreaterThanOrEqual(103);
      expect(new Set(names)).toEqual(new Set([...primary, "other"]));
      expect(proxy.log()).not.toMatch(/Traceback|could not import/i);
    });

    it("lives, and starting it or asking whether it lives costs nothing", async () => {
      const { proxy, world } = setup();
      const before = world.visits.length;
      const answer = await fetch(`${proxy.url}/health/liveliness`);
      expect(answer.status).toBe(200);
      expect(world.visits).toHaveLength(before);
      expect(world.calls()).toBe(0);
      expect(world.sandbox.counts().received).toBe(0);
    });

    it("chats, and reports a cost of 0", async () => {
      const { client, world } = setup();
      const { data, response } = await client.chat.completions
        .create({ model: "laplas/gpt-4o-mini", messages: [...HELLO], max_tokens: 4000 })
        .withResponse();
      expect(data.choices[0]?.message.content).toContain("Hello");
      expect(response.headers.get("llm_provider-x-laplas-adjusted")).toBe("max_tokens=512");
      expect(Number(response.headers.get("x-litellm-response-cost-original") ?? "0")).toBe(0);
      expect(world.sandbox.counts()).toMatchObject({ received: 1, answered: 1 });
    });

    it("streams", async () => {
      const { client } = setup();
      const messages = [{ role: "user" as const, content: "Write 60 words about the sea" }];
      const words: string[] = [];
      for await (const chunk of await client.chat.completions.create({
        model: "laplas/gpt-4o-mini",
        messages,
        stream: true,
      })) {
        words.push(chunk.choices[0]?.delta.content ?? "");
      }
      expect(words.length).toBeGreaterThan(10);
      expect(words.join("")).toContain("sea");
    });

    it.each(BRIDGES)("answers %s from a chat, whole and streamed", async (_, ask) => {
      const { world } = setup();
      const before = world.visits.length;
      expect((await ask(setup(), SEA)).join("")).toContain("sea");
      const words = await ask(setup(), SEA, { stream: true });
      expect(words.length).toBeGreaterThan(10);
      expect(words.join("")).toContain("sea");
      const calls = world.visits.slice(before).filter(({ path }) => path !== "/v1/check");
      expect(calls.map(({ path, status }) => [path, status])).toEqual([
        ["/v1/chat/completions", 200],
        ["/v1/chat/completions", 200],
      ]);
    });

    it("embeds, to the values that the sandbox gives", async () => {
      const { client, world } = setup();
      const { data } = await client.embeddings.create({ model: "laplas/text-embedding-3-small", input: TEXTS });
      expect(rounded(data.map(({ embedding }) => embedding))).toEqual(await sandboxVectors(world.sandbox, TEXTS));
    });

    it("passes the length of a vector on for a model that LiteLLM doesn't know to have one", async () => {
      const { client } = setup();
      const short = { model: "laplas/text-multilingual-embedding-002", input: TEXTS, dimensions: 64 };
      const { data } = await client.embeddings.create({ ...short, encoding_format: "float" });
      expect(data.map(({ embedding }) => embedding.length)).toEqual([64, 64]);
    });

    it.each(["laplas/flux/schnell", "laplas/dall-e-3"])("draws with %s", async (model) => {
      const { client } = setup();
      const { data } = await client.images.generate({
        model,
        prompt: "A lighthouse",
        size: "512x512",
        response_format: "url",
      });
      const picture = await fetch(data?.[0]?.url ?? "");
      expect(picture.headers.get("content-type")).toBe("image/png");
    });

    it("sent nothing so far that was refused", () => {
      const { world } = setup();
      expect(world.refusals()).toBe(0);
      expect(world.sandbox.counts().refused).toBe(0);
    });

    it("says 400 to a picture in a chat, in the gateway's words, once, and keeps the model", async () => {
      const { client, world } = setup();
      const before = world.calls();
      const parts = [{ type: "image_url" as const, image_url: { url: "data:image/png;base64,AAAA" } }];
      // Else the fallback, which can see, would answer.
      const asked = {
        model: "laplas/gpt-4o-mini",
        messages: [{ role: "user" as const, content: parts }],
        disable_fallbacks: true,
      };
      const error = await rejection(Promise.resolve(client.chat.completions.create(asked)));
      expect(error).toMatchObject({ status: 400 });
      expect(String(error)).toContain("image");
      expect(world.calls()).toBe(before + 1);
      await client.chat.completions.create({ model: "laplas/gpt-4o-mini", messages: [...HELLO] });
    });

    it("the upstream's own refusal reaches the client as 429 with Retry-After, and the next never leaves the proxy", async () => {
      const { client, world, requests } = setup();
      await useUp(world);
      const [calls, sent, received] = [world.calls(), requests(), world.sandbox.counts().received];
      const lone = { model: "laplas/text-embedding-3-small", input: TEXTS };
      const first = await rejection(Promise.resolve(client.embeddings.create(lone)));
      expectSpent(first);
      // Said by the upstream once, to one request of the client's, which did not repeat it.
      expect([world.calls() - calls, requests() - sent, world.sandbox.counts().received - received]).toEqual([1, 1, 1]);
      // LiteLLM's own answer while a deployment is cooled: it has the time, but not the reason.
      const second = await rejection(Promise.resolve(client.embeddings.create(lone)));
      expect(second).toMatchObject({ status: 429, message: expect.stringMatching(/Try again in \d+ seconds/) });
      expect(Number((second as APIError<number, Headers>).headers?.get("retry-after"))).toBeGreaterThan(60);
      // The client's own two retries, since LiteLLM says nothing against them; the gateway hears nothing of it.
      expect([world.calls() - calls, requests() - sent, world.sandbox.counts().received - received]).toEqual([1, 4, 1]);
    });

    it("chats are answered by the fallback then", async () => {
      const { client, world } = setup();
      const calls = world.calls();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          client.chat.completions.create({ model: "laplas/gpt-4o-mini", messages: [...HELLO] }),
        ),
      );
      expect(answers).toHaveLength(20);
      expect(world.other.requests.filter(({ path }) => path.endsWith("/chat/completions"))).toHaveLength(20);
      expect(world.calls()).toBe(calls);
    });

    it.each(BRIDGES)("%s as well, whole and streamed", async (_, ask) => {
      const { world } = setup();
      const [calls, { answered }] = [world.calls(), world.other.counts()];
      expect((await ask(setup(), SEA)).join("")).toContain("sea");
      expect((await ask(setup(), SEA, { stream: true })).join("")).toContain("sea");
      expect(world.calls()).toBe(calls);
      expect(world.other.counts().answered).toBe(answered + 2);
    });
  });

  describe("with four workers", () => {
    const setup = setUp(() => ({
      workers: 4,
      models: ["gpt-4o-mini", "gpt-4o"],
      laplas: { tier: dayOf(10_000_000) },
      sandbox: { rules: { dailyApiTokens: null }, latencyMs: 10 },
    }));

    it("one at a time holds, however many ask", async () => {
      const { client, world } = setup();
      const ask = (index: number) =>
        client.chat.completions.create({
          model: index % 2 === 0 ? "laplas/gpt-4o-mini" : "laplas/gpt-4o",
          messages: [...HELLO],
        });
      await Promise.all(Array.from({ length: 48 }, (_, index) => ask(index)));
      expect(world.sandbox.counts()).toMatchObject({ received: 48, answered: 48, refused: 0 });
      expect(world.refusals()).toBe(0);
    });

    const openAgent = async () => {
      const { proxy, world } = setup();
      const agent = { home: await openHome(), url: proxy.url, token: MASTER_KEY, ...(await openDeadEnd()) };
      await writeFile(join(agent.home.work, NOTES.name), NOTES.text);
      return { ...agent, sandbox: world.sandbox, before: world.sandbox.counts().answered };
    };
    const copyIn = ({ home }: { readonly home: Home }): Promise<string> =>
      readFile(join(home.work, "copy.txt"), "utf8");

    it("Codex reads a file, writes another and finishes", async () => {
      const agent = await openAgent();
      const shell = (cmd: string) => ({ tool: "exec_command", values: { cmd } });
      const copy = shell(`sed s/six/seven/ ${NOTES.name} > copy.txt`);
      play(agent, [shell(`cat ${NOTES.name}`), copy, "The copy is there."]);
      const { stdout, code } = await codex(agent, "Copy the notes, an hour later", "laplas/gpt-4o-mini");
      expect([code, stdout.trim()]).toEqual([0, "The copy is there."]);
      expect(await copyIn(agent)).toBe("The harbor opens at seven.\n");
      expect(agent.sandbox.counts().answered - agent.before).toBe(3);
    });

    it("Claude Code reads a file, writes another and finishes", async () => {
      const agent = await openAgent();
      play(agent, [
        { tool: "Read", values: { file_path: join(agent.home.work, NOTES.name) } },
        {
          tool: "Write",
          values: { file_path: join(agent.home.work, "copy.txt"), content: "The harbor opens at seven.\n" },
        },
        "The copy is there.",
      ]);
      const { stdout, code } = await claude(agent, "Copy the notes, an hour later", { model: "laplas/gpt-4o-mini" });
      expect([code, stdout.trim()]).toEqual([0, "The copy is there."]);
      expect(await copyIn(agent)).toBe("The harbor opens at seven.\n");
      expect(agent.sandbox.counts().answered - agent.before).toBe(3);
    });
  });

  describe("with a budget for one call", () => {
    const setup = setUp(() => ({ ...sixteenADay(), models: ["gpt-4o-mini"], workers: 4 }));

    it("a spent quota is a 429 with Retry-After at once, from every worker, and nobody asks again", async () => {
      const { client, world, requests } = setup();
      await spend(world);
      const ask = (): Promise<unknown> =>
        rejection(
          Promise.resolve(client.chat.completions.create({ model: "laplas/gpt-4o-mini", messages: [...HELLO] })),
        );
      const errors: unknown[] = [];
      // Not all at once: a machine too busy to answer within the callback's two seconds looks like a gateway that is away.
      for (let round = 0; round < 10; round += 1) {
        errors.push(...(await Promise.all(Array.from({ length: 10 }, ask))));
      }
      for (const error of errors) expectSpent(error);
      expect(requests()).toBe(100);
      expect(world.calls()).toBe(0);
      expect(world.sandbox.counts().received).toBe(1);
    });

    it("before the first byte of a stream as well", async () => {
      const { client, world } = setup();
      const error = await rejection(
        Promise.resolve(
          client.chat.completions.create({ model: "laplas/gpt-4o-mini", messages: [...HELLO], stream: true }),
        ),
      );
      expectSpent(error);
      expect(world.calls()).toBe(0);
    });

    it.each([false, true])("at /v1/responses too, streamed %s", async (stream) => {
      const { world, requests } = setup();
      const before = requests();
      expectSpent(await rejection(askResponses(setup(), SEA, { stream })));
      expect(requests() - before).toBe(1);
      expect(world.calls()).toBe(0);
    });

    // There LiteLLM drops the headers of an error, so that Anthropic's client asks the proxy twice more.
    it.each([false, true])(
      "at /v1/messages in words alone, streamed %s, and the gateway hears nothing",
      async (stream) => {
        const { world, requests } = setup();
        const before = requests();
        const error = await rejection(askMessages(setup(), SEA, { stream }));
        expect(error).toMatchObject({
          status: 429,
          message: expect.stringMatching(/daily quota used up .*It will reset at/),
        });
        expect(requests() - before).toBe(3);
        expect(world.calls()).toBe(0);
      },
    );
  });

  it("does not start without a master key, as the configuration says", async () => {
    const world = await openWorld();
    const config = withOtherModel(await generatedConfig(world, { models: ["gpt-4o-mini"] }), world);
    const started = openProxy({ command: environment.command, config, variables: { LITELLM_MASTER_KEY: "" } });
    const error = await rejection(started.then((proxy) => proxy.end()));
    expect(String(error)).toMatch(/master.?key/i);
  });
}

/** Asks once. @returns the pieces of the text that came: one, or those of a stream */
type Ask = (
  setup: Pick<Setup, "client" | "anthropic">,
  content: string,
  more?: { stream: boolean },
) => Promise<string[]>;

async function askResponses(
  ...[{ client }, input, { stream } = { stream: false }]: Parameters<Ask>
): Promise<string[]> {
  const body = { model: "laplas/gpt-4o-mini", input };
  if (!stream) return [(await client.responses.create(body)).output_text];
  const words: string[] = [];
  for await (const event of await client.responses.create({ ...body, stream: true })) {
    if (event.type === "response.output_text.delta") words.push(event.delta);
  }
  return words;
}

async function askMessages(
  ...[{ anthropic }, content, { stream } = { stream: false }]: Parameters<Ask>
): Promise<string[]> {
  const body = { model: "laplas/gpt-4o-mini", max_tokens: 512, messages: [{ role: "user" as const, content }] };
  const textOf = (part: object): string[] => ("text" in part ? [String(part.text)] : []);
  if (!stream) return (await anthropic.messages.create(body)).content.flatMap(textOf);
  const words: string[] = [];
  for await (const event of await anthropic.messages.create({ ...body, stream: true })) {
    if (event.type === "content_block_delta") words.push(...textOf(event.delta));
  }
  return words;
}

/** A day of the upstream's that somebody else with the same key has used up. */
async function useUp({ sandbox }: World): Promise<void> {
  const headers = { authorization: "Bearer upstream-key-of-the-engine", "content-type": "application/json" };
  const body = JSON.stringify({ model: "flux/schnell", prompt: "A lighthouse" });
  for (let tries = 0; tries < 20; tries += 1) {
    const { status } = await fetch(`${sandbox.baseURL}/images/generations`, { method: "POST", headers, body });
    if (status === 403) return;
  }
  throw new Error("the budget was never used up");
}

function expectSpent(error: unknown): void {
  expect(error).toBeInstanceOf(APIError);
  const { status, headers, message } = error as APIError<number, Headers>;
  expect(status).toBe(429);
  expect(message).toMatch(/daily quota used up .*It will reset at/);
  expect(Number(headers?.get("retry-after"))).toBeGreaterThan(0);
  expect(headers?.get("x-should-retry")).toBe("false");
  expect(headers?.get("x-laplas-code")).toBe("daily_quota");
}
