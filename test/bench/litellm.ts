// Upstream hits of 100 requests to a spent free tier, by real LiteLLM. Prints Markdown:
//
//   node scripts/run.mjs test/bench/litellm.ts
import { type Asked, type Deployment, openWorker, type RouterOptions } from "../hosts/litellm/open-worker.ts";
import { laplasModel, openWorldUntil, otherModel, sixteenADay, spend, type World } from "../hosts/litellm/worlds.ts";
import { openPython } from "../hosts/python.ts";
import { markdownTable } from "./markdown-table.ts";

const REQUESTS = 100;

interface Case {
  readonly name: string;
  /** The deployments that are asked first. */
  readonly models: (world: World) => readonly Deployment[];
  readonly callback: boolean;
}

/** As an operator writes it who has read no further than `model` and `api_base`. */
const plain = (api_base: string): Deployment => ({
  model_name: "laplas",
  litellm_params: { model: "openai/gpt-4o-mini", api_base, api_key: "upstream-key-of-the-engine" },
});

const CASES: readonly Case[] = [
  { name: "laplas itself (403)", models: ({ sandbox }) => [plain(sandbox.baseURL)], callback: false },
  {
    name: "laplas itself (403), `num_retries: 0`",
    models: ({ sandbox }) => [withoutRetries(plain(sandbox.baseURL))],
    callback: false,
  },
  { name: "gateway, nothing else set", models: ({ baseURL }) => [plain(baseURL)], callback: false },
  { name: "gateway, generated configuration", models: (world) => [laplasModel(world)], callback: false },
  { name: "gateway, generated configuration, callback", models: (world) => [laplasModel(world)], callback: true },
];

function withoutRetries({ litellm_params: params, ...deployment }: Deployment): Deployment {
  return { ...deployment, litellm_params: { ...params, num_retries: 0 } };
}

const python = await openPython("litellm");
if (python === undefined) process.exit(1);
const worker = openWorker(python);
const rows: string[][] = [];
for (const one of CASES) rows.push(await measure(one));
await worker.end();

const head = ["LiteLLM 1.106.12 on", "hits at laplas", "refusals of the gateway", "answered", "seconds of sleep"];
console.log(
  `${REQUESTS} requests, one after the other, by an otherwise default Router on a spent day, with a fallback. Sleeps were counted, not slept.\n`,
);
console.log(markdownTable(head, rows));

async function measure({ name, models, callback }: Case): Promise<string[]> {
  const works: (() => Promise<void>)[] = [];
  try {
    const world = await openWorldUntil((work) => void works.push(work), sixteenADay());
    await spend(world);
    const options: RouterOptions = {
      models: [...models(world), otherModel(world)],
      settings: { fallbacks: [{ laplas: ["other"] }] },
      callback: callback ? {} : undefined,
    };
    await worker.router("router", options);
    const messages = [{ role: "user", content: "Hello" }];
    const question = { router: "router", method: "acompletion", arguments: { model: "laplas", messages } };
    const asked: Asked = await worker.ask({ ...question, times: REQUESTS });
    const answered = asked.answers.filter(({ error }) => error === undefined).length;
    // The call that spent the day is not LiteLLM's.
    const hits = world.sandbox.counts().received - 1;
    const cells = [hits, world.refusals(), answered, Math.round(asked.slept * 10) / 10];
    return [name, ...cells.map(String)];
  } finally {
    for (const work of works.reverse()) await work();
  }
}
