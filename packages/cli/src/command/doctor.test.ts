import { once } from "node:events";
import { createServer } from "node:http";
import { createLaplas, freeTier } from "@laplas/core";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { listening } from "../testing/listening.js";
import { KEY, openShell, type Shell } from "../testing/open-shell.js";
import { plain } from "../testing/plain.js";
import { findingLines } from "./doctor.js";
import { examineTimes } from "./doctor-times.js";
import { examineClock } from "./doctor-upstream.js";
import { examineNode } from "./doctor-versions.js";

const NOW = Date.UTC(2026, 10, 25, 18, 48);

test.each([
  ["22.13.0", "ok"],
  ["24.0.0", "ok"],
  ["22.12.9", "fault"],
  ["9.99.0", "fault"],
])("Node %s: %s", (version, state) => expect(examineNode(version, ">=22.13").state).toBe(state));

const server = new Date(NOW).toUTCString();
test.each([
  [NOW + 500, "ok", /agrees/],
  [NOW + 3_400, "ok", /agrees/],
  [NOW + 5_500, "warning", /5 s ahead of .*too early/],
  [NOW - 5_000, "warning", /5 s behind .*too late/],
  [NOW + 3_600_500, "fault", /1 h ahead/],
])("clock at %i: %s", (now, state, message) => {
  expect(examineClock(server, now, freeTier)).toMatchObject([
    { name: "clock", state, message: expect.stringMatching(message) },
  ]);
});

it("does without the server's time", () =>
  expect(examineClock(null, NOW, freeTier)).toMatchObject([{ state: "warning" }]));

it("puts the remedy under the finding", () => {
  expect(
    plain(findingLines({ name: "key", state: "fault", message: "there is none", remedy: "Set it." }, 80)).split("\n"),
  ).toEqual(["FAULT    key            there is none", "                        Set it."]);
  expect(
    plain(findingLines({ name: "key", state: "fault", message: "there is none", remedy: "Set it." }, 45)).split("\n"),
  ).toEqual(["FAULT key", "  there is none", "  Set it."]);
});

it("finds all well on a sandbox", async () => {
  const shell = await openShell();
  const { code, stdout } = await shell.run(["doctor"], { environment: { LAPLAS_API_KEY: "", LAPLAS_BASE_URL: "" } });
  expect(code).not.toBe(0);
  expect(stdout).toMatch(/FAULT +key +there is none\n +Set LAPLAS_API_KEY/);
  const well = await shell.run(["doctor", "--sandbox"], { environment: { LAPLAS_API_KEY: "" } });
  expect([well.code, well.stdout.trim().split("\n").at(-1)]).toEqual([0, "All is well."]);
  expect(await shell.json(["doctor"])).toMatchObject({
    object: "doctor",
    ok: true,
    findings: ["node", "packages", "key", "base URL", "clock", "tier", "ledger", "budget"].map((name) => ({
      name,
      state: "ok",
      remedy: null,
    })),
  });
  expect(shell.sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
});

test.each<[string, (shell: Shell) => Promise<Record<string, string>>, number, RegExp]>([
  [
    "a server that is not there",
    async () => ({ LAPLAS_BASE_URL: await closedServer() }),
    3,
    /FAULT +base URL .*can't be reached \(ECONNREFUSED\)[\s\S]*1 problem to fix\. It may be over in a minute: then try again\.\n$/,
  ],
  [
    "a key that is not accepted",
    async () => ({ LAPLAS_BASE_URL: await serverOf(401) }),
    1,
    /FAULT +base URL .*does not accept the key \(401\)[\s\S]*1 problem to fix\.\n$/,
  ],
  [
    "a path that is none",
    async ({ sandbox }) => ({ LAPLAS_BASE_URL: `${sandbox.url}/v2` }),
    0,
    /warning +base URL .*not with a list of models \(404\)/,
  ],
  [
    "a clock that is off",
    async () => ({ LAPLAS_BASE_URL: await serverOf(200, -3_600_000) }),
    1,
    /FAULT +clock +is (1 h|59 min \d+ s|1 h \d+ s) ahead/,
  ],
  [
    "a ledger that can't be written",
    async () => ({ LAPLAS_LEDGER: "sqlite:/proc/none/ledger" }),
    1,
    /FAULT +ledger +The ledger \/proc\/none\/ledger failed, so nothing was sent uncounted: .*LAPLAS_LEDGER=memory/,
  ],
  [
    "a file that is wrong",
    async () => ({ LAPLAS_CONFIG: "no.json" }),
    1,
    /FAULT +configuration .*no\.json can't be read/,
  ],
  ["a wrong tier", async () => ({ LAPLAS_TIER: "gold" }), 1, /FAULT +options .*gold/],
])("finds %s", async (_, environmentOf, code, message) => {
  const shell = await openShell();
  const run = await shell.run(["doctor"], { environment: await environmentOf(shell) });
  expect(run.stdout.replace(/\n {20,}/g, " ")).toMatch(message);
  expect(run.stderr).toBe("");
  expect(run.code).toBe(code);
});

describe("an account that a clock 20 days ahead has left", () => {
  const AHEAD_MS = 20 * 86_400_000;
  const ask = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] };
  const refusal = { message: "You've run out of credits." };

  /** A call and a block of that time. */
  const leave = async ({ sandbox, folder }: Shell): Promise<void> => {
    const laplas = createLaplas({
      apiKey: KEY,
      baseURL: sandbox.baseURL,
      ledger: `sqlite:${folder}/ledger.sqlite`,
      now: () => Date.now() + AHEAD_MS,
    });
    await laplas.chat(ask);
    sandbox.fault({ kind: "respond", status: 403, body: refusal });
    await laplas.chat(ask).catch(() => {});
    await laplas.close();
  };

  it("is found, and mended where that is asked for", async () => {
    const shell = await openShell();
    await leave(shell);
    const doctor = async (...flags: string[]) => {
      const { code, stdout, stderr } = await shell.run(["doctor", ...flags], {});
      return { code, stdout: stdout.replace(/\n {20,}/g, " "), stderr };
    };
    const found = await doctor();
    expect(found).toMatchObject({ code: 0, stderr: "" });
    expect(found.stdout).toMatch(
      /warning +times +a clock was wrong: 1 call charged up to (20 d|19 d 23 h) ahead of now; 1 block that would last longer than possible To charge these calls now and remove these blocks: laplas doctor --mend/,
    );
    expect(found.stdout).toMatch(/ok +ledger /);
    expect(found.stdout).toMatch(/ok +budget +50,000 of 50,000/);
    const mended = await doctor("--mend");
    expect(mended.stdout).toMatch(
      /ok +times +corrected: 1 call dated in the future counts from now on; 1 block that could not be right is gone/,
    );
    expect(mended.stdout).toMatch(/ok +budget +49,984 of 50,000/);
    expect((await doctor("--mend")).stdout).toMatch(/ok +times +there is nothing to correct/);
    expect((await doctor()).stdout).not.toMatch(/times/);
  });

  it("is left alone while this machine's clock is wrong", async () => {
    let redated = 0;
    const laplas = {
      misdated: async () => ({ calls: 2, latest: 60_000 * 90, blocks: 0 }),
      async redate() {
        redated += 1;
      },
    };
    expect(await examineTimes(laplas, { mend: true, isClockWrong: true }, 0)).toEqual([
      {
        name: "times",
        state: "warning",
        message: "a clock was wrong: 2 calls charged up to 1 h 30 min ahead of now",
        remedy: "First set this machine's clock, then: laplas doctor --mend",
      },
    ]);
    expect(redated).toBe(0);
    expect(await examineTimes(laplas, { mend: true, isClockWrong: false }, 0)).toMatchObject([
      { state: "ok", message: "corrected: 2 calls dated in the future count from now on" },
    ]);
    expect(redated).toBe(1);
  });
});

it("finds an account that is kept twice, behind a gateway of ours", async () => {
  const shell = await openShell();
  const gateway = shell.start(["serve", "--sandbox", "--port", "0"]);
  const [, baseURL = ""] = await gateway.until("stderr", /Base URL +(\S+)\n/);
  const environment = { LAPLAS_BASE_URL: baseURL };
  const twice = await shell.run(["doctor"], { environment });
  expect(twice.stdout.replace(/\n {20,}/g, " ")).toMatch(/warning +gateway .*keeps the account.*Use --tier paid/);
  const once = await shell.run(["doctor", "--tier", "paid"], { environment });
  expect(once.stdout).toMatch(/ok +gateway +the base URL is a laplas gateway/);
});

/** A server with an answer, and a time, of its own. */
async function serverOf(status: number, offMs = 0): Promise<string> {
  const server = createServer((_, response) => {
    response.sendDate = false;
    response.writeHead(status, { date: new Date(Date.now() + offMs).toUTCString() });
    response.end('{"object":"list","data":[]}');
  });
  onTestFinished(() => void server.close());
  return listening(server);
}

async function closedServer(): Promise<string> {
  const server = createServer();
  const baseURL = await listening(server);
  server.close();
  await once(server, "close");
  return baseURL;
}

it("reports a provider that requires payment, and lets it be asked again", async () => {
  const shell = await openShell();
  const { sandbox, folder } = shell;
  const ask = async (): Promise<string | undefined> => {
    const laplas = createLaplas({ apiKey: KEY, baseURL: sandbox.baseURL, ledger: `sqlite:${folder}/ledger.sqlite` });
    const answer = await laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] }).then(
      () => "answered",
      (error: { code?: string }) => error.code,
    );
    await laplas.close();
    return answer;
  };
  const doctor = async (...flags: string[]) =>
    (await shell.run(["doctor", ...flags], {})).stdout.replace(/\n {20,}/g, " ");
  sandbox.fault({ kind: "respond", status: 402, body: { message: "Add a card." } });
  expect(await ask()).toBe("payment_required");
  expect(await ask()).toBe("payment_required");
  expect(await doctor()).toMatch(/warning +budget +the provider requires payment .* laplas doctor --resume/);
  expect(await doctor("--resume")).toMatch(/ok +provider +asked again for all that it did not serve/);
  expect(await ask()).toBe("answered");
});

it("reports a tier in old words for itself, beside the ledger that is well", async () => {
  const shell = await openShell();
  const evidence = { source: "the test", date: "2026-11-25", status: "assumed" };
  const rule = { id: "own", kind: "window", metric: "requests", limit: 5, period: { type: "hour" }, evidence };
  shell.write("laplas.config.json", JSON.stringify({ tier: { name: "own", title: "Own", rules: [rule] } }));
  const { stdout } = await shell.run(["doctor"]);
  expect(stdout).toMatch(/warning +options +The tier "own" is written in words of the first edition/);
  expect(stdout).toMatch(/ok +ledger /);
});
