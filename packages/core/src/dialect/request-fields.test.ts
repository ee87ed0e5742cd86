import { describe, expect, it, test } from "vitest";
import type { ChatModel, Dialect } from "../catalog/model.js";
import { isLaplasError } from "../errors/laplas-error.js";
import { draftOf } from "../testing/draft.js";
import { modelOf } from "../testing/requests.js";
import { REQUEST_FIELDS } from "./request-fields.js";
import { treatFields } from "./treat-fields.js";

const families: readonly Dialect[] = ["openai", "together", "minimax", "gemini", "claude"];
const f = { type: "function", function: { name: "f", description: "d" } };
const chooseF = { type: "function", function: { name: "f" } };
const schema = { type: "json_schema", json_schema: { name: "n", schema: { type: "object", properties: {} } } };
const thinking = { type: "enabled", budget_tokens: 2_000 };

/** What becomes of a field: it is sent as this, or not sent. `!` after a report: the answer can differ. */
interface Outcome {
  readonly sent?: unknown;
  readonly reported?: readonly string[];
}
type Expected = Outcome | "kept" | "gone" | "refused" | `${string}!`;
interface Row {
  readonly value: unknown;
  readonly beside?: Record<string, unknown>;
  /** Families that refuse what stands beside it are left out. */
  readonly by: Readonly<Partial<Record<Dialect, Expected>>>;
}

const everywhere = (expected: Expected): Record<Dialect, Expected> => ({
  openai: expected,
  together: expected,
  minimax: expected,
  gemini: expected,
  claude: expected,
});
/** Not sent, and reported. */
const dropped: Outcome = { reported: ["removed"] };
/** The same, where the answer can differ. */
const lost: Outcome = { reported: ["removed!"] };
/** Sent as the nearest value. */
const nearest = (sent: unknown): Outcome => ({ sent, reported: [`${sent}!`] });

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  system: [{ value: "Be brief.", by: { ...everywhere({ reported: ["first_message"] }), claude: "kept" } }],
  stop_sequences: [{ value: ["END"], by: { ...everywhere("gone"), minimax: { reported: ["stop=applied_here"] } } }],
  functions: [{ value: [f.function], by: everywhere({ reported: ["tools"] }) }],
  function_call: [{ value: { name: "f" }, beside: { tools: [f] }, by: everywhere({ reported: ["tool_choice"] }) }],
  web_search_options: [{ value: {}, by: everywhere(lost) }],
  tools: [
    { value: [f], by: everywhere("kept") },
    { value: [], by: everywhere("gone") },
    { value: [f, { type: "web_search" }], by: everywhere({ sent: [f], reported: ["without_web_search!"] }) },
    { value: [{ type: "code_interpreter" }], by: everywhere("refused") },
  ],
  tool_choice: [
    { value: "required", beside: { tools: [f] }, by: everywhere("kept") },
    { value: "none", beside: { tools: [f] }, by: everywhere("kept") },
    { value: chooseF, beside: { tools: [f] }, by: everywhere("kept") },
    {
      value: "any",
      beside: { tools: [f] },
      by: { ...everywhere({ sent: "required", reported: ["required"] }), claude: { sent: "required" } },
    },
    {
      value: { type: "allowed_tools", allowed_tools: { mode: "required", tools: [chooseF] } },
      beside: { tools: [f, { ...f, function: { name: "g", description: "d" } }] },
      by: everywhere({ sent: "required", reported: ["fewer_tools"] }),
    },
    { value: "auto", by: everywhere("gone") },
    { value: "required", by: everywhere(lost) },
    { value: "required", beside: { tools: [{ type: "web_search" }] }, by: everywhere("refused") },
    { value: "sometimes", beside: { tools: [f] }, by: everywhere("refused") },
    { value: { type: "web_search" }, beside: { tools: [f, { type: "web_search" }] }, by: everywhere("refused") },
    { value: { type: "function", function: { name: "g" } }, beside: { tools: [f] }, by: everywhere("refused") },
  ],
  parallel_tool_calls: [
    {
      value: false,
      beside: { tools: [f] },
      by: { openai: "kept", claude: "kept", together: lost, minimax: lost, gemini: lost },
    },
    { value: true, beside: { tools: [f] }, by: { ...everywhere("gone"), openai: "kept" } },
    { value: false, by: { openai: "gone", claude: "gone", together: lost, minimax: lost, gemini: lost } },
  ],
  thinking: [
    { value: thinking, by: { ...everywhere(lost), claude: "kept" } },
    { value: { type: "disabled" }, by: everywhere("gone") },
    { value: { type: "adaptive" }, by: everywhere(lost) },
    { value: { ...thinking, budget_tokens: 1_023 }, by: everywhere(lost) },
    { value: { ...thinking, budget_tokens: 1_024 }, by: { ...everywhere(lost), claude: "kept" } },
    { value: { ...thinking, budget_tokens: 4_095 }, by: { ...everywhere(lost), claude: "kept" } },
    { value: { ...thinking, budget_tokens: 4_096 }, by: everywhere(lost) },
    { value: thinking, beside: { tools: [f], tool_choice: "required" }, by: everywhere(lost) },
  ],
  response_format: [
    { value: { type: "text" }, by: everywhere("gone") },
    {
      value: { type: "json_object" },
      by: { ...everywhere("kept"), gemini: { reported: ["tool"] }, claude: { reported: ["tool"] } },
    },
    { value: schema, by: { ...everywhere("kept"), gemini: { reported: ["tool"] }, claude: { reported: ["tool"] } } },
    { value: { type: "grammar" }, by: everywhere("refused") },
    { value: "json", by: everywhere("refused") },
  ],
  stop: [
    { value: "END", by: { ...everywhere({ sent: ["END"] }), minimax: { reported: ["applied_here"] } } },
    { value: "", by: everywhere("gone") },
    {
      value: ["a", "b", "c", "d", "e", "f"],
      by: {
        openai: { sent: ["a", "b", "c", "d"], reported: ["applied_here"] },
        together: "kept",
        minimax: { reported: ["applied_here"] },
        gemini: { sent: ["a", "b", "c", "d", "e"], reported: ["applied_here"] },
        claude: "kept",
      },
    },
    {
      value: ["\n"],
      by: { ...everywhere("kept"), minimax: { reported: ["applied_here"] }, claude: { reported: ["applied_here"] } },
    },
    { value: [5], by: everywhere("refused") },
  ],
  n: [
    { value: 1, by: { openai: "kept", together: "kept", minimax: "gone", gemini: "gone", claude: "gone" } },
    {
      value: 2,
      by: { ...everywhere({ reported: ["2_requests"] }), openai: "kept", together: "kept" },
    },
    { value: 129, by: everywhere("refused") },
  ],
  temperature: [
    { value: 0.5, by: everywhere("kept") },
    { value: 1.5, by: { ...everywhere("kept"), minimax: nearest(1), claude: nearest(1) } },
    { value: "hot", by: everywhere("refused") },
  ],
  top_p: [
    { value: 0.5, by: everywhere("kept") },
    {
      value: 0,
      by: {
        openai: nearest(0.1),
        together: nearest(0.01),
        minimax: nearest(0.01),
        gemini: nearest(0.1),
        claude: "kept",
      },
    },
  ],
  top_k: [{ value: 40, by: { ...everywhere(lost), openai: "kept", together: "kept", claude: "kept" } }],
  min_p: [
    { value: 0.1, by: { ...everywhere(lost), openai: "kept", together: "kept" } },
    { value: 0, by: { ...everywhere("gone"), openai: "kept", together: "kept" } },
  ],
  top_a: [
    { value: 0.1, by: { ...everywhere(lost), openai: "kept" } },
    { value: 0, by: { ...everywhere("gone"), openai: "kept" } },
  ],
  repetition_penalty: [
    { value: 1.1, by: { ...everywhere(lost), openai: "kept", together: "kept" } },
    { value: 1, by: { ...everywhere("gone"), openai: "kept", together: "kept" } },
  ],
  frequency_penalty: [
    { value: 0.5, by: { ...everywhere("kept"), minimax: lost } },
    { value: 0, by: { ...everywhere("kept"), minimax: "gone" } },
  ],
  presence_penalty: [
    { value: 0.5, by: { ...everywhere("kept"), minimax: lost, claude: lost } },
    { value: 0, by: { ...everywhere("kept"), minimax: "gone", claude: "gone" } },
  ],
  seed: [
    { value: 7, by: { ...everywhere(lost), openai: "kept", together: "kept" } },
    { value: 0, by: { ...everywhere(lost), openai: nearest(1), together: nearest(1) } },
  ],
  logit_bias: [
    { value: { "5": 10 }, by: { ...everywhere("kept"), minimax: lost, claude: lost } },
    { value: {}, by: { ...everywhere("kept"), minimax: "gone", claude: "gone" } },
    { value: { "5": 100 }, by: { ...everywhere("kept"), minimax: "refused", claude: "refused" } },
    { value: { "5": -100 }, by: { ...everywhere("kept"), minimax: "refused", claude: "refused" } },
    { value: { "5": 101 }, by: everywhere("refused") },
  ],
  reasoning: [
    {
      value: { effort: "high" },
      by: { ...everywhere({ reported: ["reasoning_effort=removed!"] }), openai: "gone" },
    },
    { value: { max_tokens: 5 }, by: everywhere(lost) },
  ],
  reasoning_effort: [
    { value: "high", by: { ...everywhere(lost), openai: "kept" } },
    { value: "none", by: { ...everywhere(lost), openai: nearest("low") } },
    { value: "minimal", by: { ...everywhere(lost), openai: nearest("low") } },
    { value: "xhigh", by: { ...everywhere(lost), openai: nearest("high") } },
  ],
  verbosity: [{ value: "low", by: everywhere(lost) }],
  mask_sensitive_info: [{ value: true, by: { ...everywhere(lost), minimax: "kept" } }],
  logprobs: [
    { value: true, by: { ...everywhere("refused"), openai: "kept", together: "kept" } },
    { value: false, by: { ...everywhere("gone"), openai: "kept", together: "kept" } },
  ],
  top_logprobs: [
    { value: 3, beside: { logprobs: true }, by: { openai: "kept", together: "refused" } },
    { value: 0, by: everywhere("gone") },
    { value: 3, by: everywhere("refused") },
  ],
  echo: [
    { value: true, by: { ...everywhere("refused"), together: "kept" } },
    { value: false, by: { ...everywhere("gone"), together: "kept" } },
  ],
  modalities: [
    { value: ["text"], by: everywhere("gone") },
    { value: ["text", "audio"], by: everywhere("refused") },
  ],
  ...Object.fromEntries(
    [
      "audio",
      "guided_json",
      "guided_regex",
      "guided_choice",
      "guided_grammar",
      "grammar",
      "json_schema",
      "structured_outputs",
      "regex",
    ].map((name) => [name, [{ value: { a: 1 }, by: everywhere("refused") }]]),
  ),
  metadata: [
    { value: { a: "b" }, by: everywhere(dropped) },
    {
      value: { user_id: "u", a: "b" },
      by: { ...everywhere(dropped), claude: { sent: { user_id: "u" }, reported: ["user_id_only"] } },
    },
  ],
  ...Object.fromEntries(
    [
      "user",
      "store",
      "service_tier",
      "prediction",
      "prompt_cache_key",
      "prompt_cache_retention",
      "safety_identifier",
      "cache_control",
      // In no table.
      "usage",
      "provider",
      "transforms",
      "plugins",
      "keep_alive",
      "num_ctx",
      "think",
      "chat_template_kwargs",
    ].map((name) => [name, [{ value: { a: 1 }, by: everywhere(dropped) }]]),
  ),
};

function treat(dialect: Dialect, fields: Record<string, unknown>) {
  const draft = draftOf(dialect, undefined, { rest: { ...fields }, limits: { maxOutputTokens: 4_096 } });
  treatFields(draft);
  return draft;
}

function outcomeOf(expected: Expected, value: unknown): Outcome {
  if (expected === "kept") return { sent: value };
  return typeof expected === "string" ? {} : expected;
}

const CASES = Object.entries(ROWS).flatMap(([name, rows]) =>
  rows.flatMap(({ value, beside = {}, by }) =>
    families.flatMap((family) => {
      const expected = by[family];
      return expected === undefined ? [] : [{ name, value, beside, family, expected }];
    }),
  ),
);

describe("a field of a chat", () => {
  it("has a row here if it has one in the table", () => {
    for (const name of REQUEST_FIELDS.keys()) expect(ROWS).toHaveProperty(name);
  });

  test.each(CASES)("$name: $value for $family is $expected", ({ name, value, beside, family, expected }) => {
    if (expected === "refused") {
      const run = () => treat(family, { ...beside, [name]: value });
      expect(run).toThrow(expect.objectContaining({ code: "invalid_request" }));
      try {
        run();
      } catch (error) {
        expect(isLaplasError(error) && error.param?.startsWith(name)).toBe(true);
      }
      return;
    }
    const { sent, reported = [] } = outcomeOf(expected, value);
    const draft = treat(family, { ...beside, [name]: value });
    expect(draft.fields[name]).toEqual(sent);
    const without = treat(family, beside).adjustments.map(({ to }) => to);
    const said = draft.adjustments
      .filter(({ to }) => !without.includes(to))
      .map(({ to, changesAnswer }) => (changesAnswer === true ? `${to}!` : to));
    expect(said).toEqual(reported.map((what) => (what.includes("=") ? what : `${name}=${what}`)));
  });

  it("goes to a user's own server as it is where that may know it, but where its meaning is not OpenAI's", () => {
    const model = modelOf("gpt-4o-mini") as ChatModel;
    const known: ChatModel = { ...model, capabilities: { ...model.capabilities, extraFields: "sent" } };
    const fields = {
      made_up: 1,
      store: true,
      min_p: 0.1,
      top_p: 0,
      seed: 0,
      guided_json: {},
      verbosity: "low",
      audio: { voice: "a" },
    };
    const draft = draftOf("openai", undefined, { rest: { ...fields }, known });
    treatFields(draft);
    expect(draft).toMatchObject({ fields, adjustments: [] });
    const claude = modelOf("claude-3-5-sonnet-latest") as ChatModel;
    const closed = { ...claude, capabilities: { ...claude.capabilities, extraFields: "sent" as const } };
    const closedDraft = draftOf("claude", undefined, { rest: { made_up: 1 }, known: closed });
    treatFields(closedDraft);
    expect(closedDraft).toMatchObject({ fields: {}, adjustments: [{ to: "made_up=removed" }] });
  });

  it("that nobody knows is reported by a name that stands in a header, and the first twenty of them", () => {
    const odd = { ["x".repeat(1_000)]: 1, "имя, или": 1, "a\r\nb": 1, constructor: 1 };
    expect(treat("openai", odd).adjustments.map(({ to }) => to)).toEqual([
      `${"x".repeat(40)}=removed`,
      "________=removed",
      "a__b=removed",
      "constructor=removed",
    ]);
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, place) => [`f${place}`, 1]));
    expect(treat("openai", many(20)).adjustments).toHaveLength(20);
    const { adjustments } = treat("openai", many(10_000));
    expect(adjustments).toHaveLength(21);
    expect(adjustments.at(-1)?.to).toBe("other_fields=removed");
  });

  it("that is null is not there", () => {
    for (const family of families) {
      const nothing = Object.fromEntries(Object.keys(ROWS).map((name) => [name, null]));
      expect(treat(family, nothing)).toMatchObject({ fields: {}, adjustments: [], transforms: [] });
    }
  });

  it("in Anthropic's words, or OpenAI's older ones, becomes the one that it stands for, unless that is there", () => {
    expect(treat("openai", { stop_sequences: ["END"] }).fields).toEqual({ stop: ["END"] });
    expect(treat("openai", { stop_sequences: ["END"], stop: "a" }).fields).toEqual({ stop: ["a"] });
    expect(treat("openai", { functions: [f.function], function_call: { name: "f" } }).fields).toEqual({
      tools: [f],
      tool_choice: chooseF,
    });
    expect(treat("openai", { reasoning: { effort: "high" } }).fields).toEqual({ reasoning_effort: "high" });
    expect(treat("openai", { system: "Be brief." }).messages[0]).toEqual({ role: "system", content: "Be brief." });
  });
});
