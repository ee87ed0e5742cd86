import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerPytest } from "../pytest.ts";
import { type Python, pythonEnvironment } from "../python.ts";
import { type CleanEnvironment, openCleanEnvironment } from "./clean-environment.ts";
import { SOURCES } from "./open-worker.ts";

const FOLDER = fileURLToPath(new URL("../../../packages/litellm/", import.meta.url));
const VARIABLES = { PYTHONPATH: SOURCES, LITELLM_LOCAL_MODEL_COST_MAP: "True" };

/** The package itself: its own tests, its style and types, and what its wheel holds. */
export async function testPackage(python: Python): Promise<void> {
  const run = async (args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await python.run(["-m", ...args], VARIABLES);
    expect(code, `${stdout}${stderr}`).toBe(0);
  };
  const settings = `${FOLDER}pyproject.toml`;
  const programs = fileURLToPath(new URL(".", import.meta.url));

  it("ruff has nothing to say, nor of the programs of these tests", async () => {
    await run(["ruff", "check", "--no-cache", FOLDER]);
    await run(["ruff", "check", "--no-cache", "--config", settings, "--ignore", "D,BLE", programs]);
  });

  it("ruff would format nothing in another way", async () => {
    await run(["ruff", "format", "--no-cache", "--check", FOLDER]);
    await run(["ruff", "format", "--no-cache", "--check", "--config", settings, programs]);
  });

  it("mypy finds no untyped or wrong place, strictly", async () => {
    await run(["mypy", "--config-file", settings, "--cache-dir", "/dev/null", `${SOURCES}/litellm_laplas`]);
  });

  it("its README has at most 150 lines", () => {
    expect(readFileSync(`${FOLDER}README.md`, "utf8").split("\n").length).toBeLessThanOrEqual(151);
  });

  describe("the wheel", () => {
    let environment: CleanEnvironment;
    beforeAll(async () => {
      environment = await openCleanEnvironment(python);
    }, 300_000);
    afterAll(() => environment.close());

    const say = async (program: string): Promise<unknown> => {
      const { stdout } = await promisify(execFile)(environment.command, ["-c", `import json\n${program}`], {
        env: pythonEnvironment({ LITELLM_LOCAL_MODEL_COST_MAP: "True" }),
      });
      return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    };

    it("is installed as a copy, with its types and its license, and needs httpx alone", async () => {
      const found = await say(`
import importlib.metadata, litellm_laplas
one = importlib.metadata.distribution("litellm-laplas")
print(json.dumps({"files": sorted(str(each) for each in one.files), "requires": one.requires, "python": one.metadata["Requires-Python"], "path": litellm_laplas.__file__}))`);
      const { files, requires, path } = found as { files: string[]; requires: string[]; path: string };
      expect(path.startsWith(FOLDER)).toBe(false);
      expect(files).toEqual(expect.arrayContaining(["litellm_laplas/py.typed", "litellm_laplas/explain.py"]));
      expect(files.some((name) => name.endsWith("licenses/LICENSE"))).toBe(true);
      expect(files.some((name) => name.includes("test"))).toBe(false);
      expect(requires.filter((one) => !one.includes("extra ==")).map((one) => one.split(/[<>]/)[0])).toEqual(["httpx"]);
      expect(found).toMatchObject({ python: ">=3.10" });
    });

    it("has the same version everywhere", async () => {
      const versions = await say(`
import importlib.metadata, litellm_laplas
print(json.dumps([litellm_laplas.__version__, importlib.metadata.version("litellm-laplas")]))`);
      expect(versions).toEqual(["0.1.0", "0.1.0"]);
    });
  });

  await registerPytest(python, FOLDER, VARIABLES);
}
