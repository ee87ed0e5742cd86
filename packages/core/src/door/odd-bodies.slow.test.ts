import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { createLaplas } from "../create-laplas.js";
import type { LaplasEvent } from "../events.js";
import type { JsonObject } from "../request/wire-types.js";
import { type CannedAnswer, cannedUpstream } from "../testing/canned-upstream.js";
import { cutAnswer, type Said, wholeAnswer } from "../testing/cut-answer.js";
import { MODEL_OF } from "../testing/draft.js";
import { hearStream, type StreamProtocol } from "../testing/heard-stream.js";
import { type Nearly, nearly } from "../testing/nearly.js";
import { oddChatBody } from "../testing/odd-chat.js";
import { oddMessagesBody, wildMessagesBody } from "../testing/odd-messages.js";
import { oddResponsesBody } from "../testing/odd-responses.js";

const BODIES = 10_000;
/** The same each time, so that a failure is the change's; another is tried with FUZZ_SEED. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_129);

/** Of three, one is odd in several places, the others hardly in one. */
const oddly = (bodyOf: (of: Nearly) => fc.Arbitrary<object>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 1, arbitrary: bodyOf(nearly(30)) }, { weight: 2, arbitrary: bodyOf(nearly(500)) });

const PROTOCOLS: readonly (readonly [name: StreamProtocol, path: string, body: fc.Arbitrary<unknown>])[] = [
  ["chat", "/v1/chat/completions", oddly(oddChatBody)],
  ["responses", "/v1/responses", oddly(oddResponsesBody)],
  [
    "messages",
    "/v1/messages",
    fc.oneof({ weight: 9, arbitrary: oddly(oddMessagesBody) }, { weight: 1, arbitrary: wildMessagesBody }),
  ],
];

const models = fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...Object.values(MODEL_OF)) }, fc.constant(undefined));
const text = fc.option(fc.string({ maxLength: 30, unit: "grapheme" }));
const said: fc.Arbitrary<Said> = fc.record({
  content: text,
  calls: fc.array(fc.tuple(fc.constantFrom("f", "web_search", ""), fc.constantFrom('{"a":1}', '{"a', "", "[]")), {
    maxLength: 3,
  }),
  reason: fc.constantFrom("stop", "length", "tool_calls", "content_filter", "end_turn", "odd"),
});
const answers = said.chain((one) => {
  const whole = wholeAnswer(one);
  return fc.record({ whole: fc.constant(whole), chunks: cutAnswer(whole) });
});

it.each(PROTOCOLS)(
  "ten thousand odd bodies of %s are answered or refused as it has it, and none is a fault of ours",
  async (protocol, path, body) => {
    console.log(`FUZZ_SEED=${SEED}`);
    let answer: CannedAnswer | undefined;
    const events: LaplasEvent[] = [];
    const laplas = createLaplas({
      apiKey: "any",
      tier: "paid",
      ledger: "memory",
      baseURL: "http://upstream.example/v1",
      fetch: cannedUpstream(() => {
        if (answer === undefined) throw new Error("nothing to answer");
        return answer;
      }),
      onEvent: (event) => events.push(event),
    });
    onTestFinished(() => laplas.close());
    const counts = { whole: 0, streamed: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(body, models, answers, async (given, model, canned) => {
        answer = canned;
        const asked = typeof given === "object" && given !== null && model !== undefined ? { ...given, model } : given;
        const json = JSON.stringify(asked);
        const response = await laplas.fetch(path, { method: "POST", body: json });
        const told = await response.text();
        expect(response.status, told).toBeLessThan(500);
        expect(events.filter(({ type }) => type === "defect")).toEqual([]);
        if (response.status !== 200) {
          counts.refused += 1;
          const { type, error } = JSON.parse(told) as { type?: string; error: JsonObject };
          expect(error).toMatchObject({ message: expect.stringMatching(/./), type: expect.stringMatching(/./) });
          expect(type).toBe(protocol === "messages" ? "error" : undefined);
        } else if (response.headers.get("content-type")?.startsWith("text/event-stream") === true) {
          counts.streamed += 1;
          expect(hearStream(protocol, told)).toBe("whole");
        } else {
          counts.whole += 1;
          JSON.parse(told);
        }
      }),
      { numRuns: BODIES, seed: SEED },
    );
    console.log(JSON.stringify(counts));
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(BODIES / 20);
  },
  300_000,
);
