import { describe, expect, it } from "vitest";
import { openWorld, rejection } from "../testing/open-world.js";
import { ChatLaplas } from "./chat-laplas.js";
import { checkCallOptions, checkFields, reasoningEffort } from "./check-fields.js";
import { CALL_OPTION_DECISIONS, CONFIGURATION_DECISIONS, type Decision, FIELD_DECISIONS } from "./field-decisions.js";

const names = (decisions: Readonly<Record<string, Decision>>, wanted: (decision: Decision) => boolean) =>
  Object.entries(decisions).flatMap(([name, decision]) => (wanted(decision) ? [name] : []));
const isRefused = (decision: Decision) => "refused" in decision;
const invalid = (message: string | RegExp) =>
  expect.objectContaining({ code: "invalid_options", message: expect.stringMatching(message) });

describe("the fields of the constructor", () => {
  it("that can't be obeyed are refused by name, with a reason", () => {
    const refused = names(FIELD_DECISIONS, isRefused);
    expect(refused.length).toBeGreaterThan(20);
    for (const name of refused) {
      expect(() => checkFields({ [name]: "a value" }), name).toThrow(
        invalid(`^Option "${name}" can't be used with ChatLaplas\\. [A-Z].+\\.$`),
      );
    }
  });

  it("that can't be obeyed pass where they ask for nothing", () => {
    for (const name of names(FIELD_DECISIONS, isRefused)) {
      for (const value of [undefined, null, false]) expect(() => checkFields({ [name]: value }), name).not.toThrow();
    }
    expect(() => checkFields({ modalities: ["text"] })).not.toThrow();
  });

  it("that can be obeyed pass", () => {
    for (const name of names(FIELD_DECISIONS, (decision) => !isRefused(decision))) {
      const value = name === "configuration" ? {} : 1;
      expect(() => checkFields({ [name]: value }), name).not.toThrow();
    }
  });

  it("that nobody knows are refused, with the name that was meant where there is one", () => {
    expect(() => checkFields({ temprature: 0 })).toThrow(invalid('no option "temprature".*modelKwargs'));
    expect(() => checkFields({ top_p: 0 })).toThrow(invalid('no option "top_p".*"topP"'));
    expect(() => checkFields({ max_completion_tokens: 9 })).toThrow(invalid('"maxTokens"'));
    expect(() => checkFields({ constructor: 1 })).toThrow(invalid('no option "constructor"'));
    expect(() => checkFields({ temprature: undefined })).not.toThrow();
    expect(() => new ChatLaplas("gpt-4o", { apiKey: "key", temprature: 0 } as object)).toThrow(invalid("temprature"));
  });

  it("that are two names of one are refused where they contradict each other", () => {
    expect(() => checkFields({ model: "gpt-4o", modelName: "gpt-4o-mini" })).toThrow(
      invalid('"model" and "modelName"'),
    );
    expect(() => checkFields({ stop: ["a"], stopSequences: ["b"] })).toThrow(invalid('"stop" and "stopSequences"'));
    expect(() => checkFields({ stop: ["a"], stopSequences: ["a"], maxCompletionTokens: 5 })).not.toThrow();
  });

  it("are checked inside `configuration` as well", () => {
    for (const name of names(CONFIGURATION_DECISIONS, isRefused)) {
      expect(() => checkFields({ configuration: { [name]: 1 } })).toThrow(invalid(`"configuration.${name}"`));
    }
    expect(() => checkFields({ configuration: { organization: "org" } })).toThrow(
      invalid('"configuration.organization".*takes apiKey, baseURL, defaultHeaders, fetch'),
    );
    expect(() =>
      checkFields({ configuration: { organization: null, project: undefined, baseURL: "u" } }),
    ).not.toThrow();
  });
});

describe("the options of a call", () => {
  it("that can't be obeyed are refused by name before anything is sent", async () => {
    const refused = names(CALL_OPTION_DECISIONS, isRefused);
    expect(refused.length).toBeGreaterThan(8);
    const { chat, sandbox } = await openWorld();
    const model = chat();
    for (const name of refused) {
      const options = { [name]: "a value" } as object;
      const error = invalid(`^Option "${name}" of the call can't be used`);
      expect(await rejection(model.invoke("Hello", options))).toEqual(error);
      expect(await rejection(model.streamEvents("Hello", options).output)).toEqual(error);
      expect(await rejection(model.check("Hello", options))).toEqual(error);
    }
    expect(sandbox.counts().received).toBe(0);
  });

  it("of LangGraph pass, whatever they are called", () => {
    const options = {
      store: {},
      context: { model: "gpt-4o" },
      writer: () => {},
      toolCallId: "1",
      modalities: ["text"],
    };
    expect(() => checkCallOptions(options)).not.toThrow();
  });

  it("that are written as in the request body are refused with the name that was meant", () => {
    expect(() => checkCallOptions({ top_p: 0 })).toThrow(invalid('"top_p" of the call is called "topP" here'));
    expect(() => checkCallOptions({ max_tokens: 1 })).toThrow(invalid('"maxTokens"'));
    // These are called so in the body and here.
    expect(() => checkCallOptions({ n: 1, seed: 1, user: "ada", service_tier: "flex" })).not.toThrow();
  });
});

describe("OpenAI's `reasoning`", () => {
  it("is its effort", () => {
    expect(reasoningEffort({ reasoning: { effort: "low" } })).toBe("low");
    expect(reasoningEffort({ reasoningEffort: "low" })).toBe("low");
    expect(reasoningEffort({ reasoning: { effort: "low", summary: null }, reasoningEffort: "low" })).toBe("low");
    expect(reasoningEffort({ reasoning: { effort: null } })).toBeUndefined();
    expect(reasoningEffort({})).toBeUndefined();
  });

  it("is refused where it says more, something else, or is no object", () => {
    expect(() => reasoningEffort({ reasoning: { effort: "low", summary: "auto" } })).toThrow(
      invalid('"reasoning.summary".*Responses API'),
    );
    expect(() => reasoningEffort({ reasoning: { effort: "low" }, reasoningEffort: "high" })).toThrow(
      invalid("contradict each other"),
    );
    expect(() => reasoningEffort({ reasoning: "low" })).toThrow(invalid('"reasoning" must be an object'));
  });
});
