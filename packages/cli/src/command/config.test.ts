import { expect, it } from "vitest";
import { openShell } from "../testing/open-shell.js";

const FILE = "laplas.config.json";
const NO_VARIABLES = { LAPLAS_API_KEY: "", LAPLAS_BASE_URL: "", LAPLAS_LEDGER: "" };
const TEXT = `{
    "port": 4200,
    "clients": [
        { "name": "a", "token": "a-token-of-16-chars" }, { "name": "b", "token": "b-token-of-16-chars" }
    ], "tier": "free"
}
`;

it("changes one option of the file, and leaves every other character as it is", async () => {
  const shell = await openShell();
  shell.write(FILE, TEXT);
  const set = await shell.run(["config", "set", "port", "4300"]);
  expect([set.code, set.stdout, set.stderr]).toEqual([
    0,
    "",
    expect.stringMatching(/^port: 4300, in .*config\.json\n$/),
  ]);
  expect(shell.read(FILE)).toBe(TEXT.replace("4200", "4300"));
  await shell.run(["config", "set", "allowedHosts", '["gateway"]']);
  expect(shell.read(FILE)).toBe(
    TEXT.replace("4200", "4300").replace('"free"', '"free",\n    "allowedHosts": ["gateway"]'),
  );
  expect(JSON.parse(shell.read(FILE))).toMatchObject({ port: 4300, allowedHosts: ["gateway"] });
  await shell.run(["config", "unset", "allowedHosts"]);
  expect(shell.read(FILE)).toBe(TEXT.replace("4200", "4300"));
  await shell.run(["config", "set", "clients[1].name", "c"]);
  expect(shell.read(FILE)).toBe(TEXT.replace("4200", "4300").replace('"b",', '"c",'));
});

it("begins a file, takes texts that look like JSON as what fits, and forgets no option that is not there", async () => {
  const shell = await openShell();
  const token = ["config", "set", "clients", '[{"name": "a", "token": "1234567890123456"}]'];
  for (const args of [
    ["config", "set", "tier", "paid"],
    token,
    ["config", "set", "clients.0.token", "6543210987654321"],
  ])
    expect((await shell.run(args)).code).toBe(0);
  expect(JSON.parse(shell.read(FILE))).toEqual({ tier: "paid", clients: [{ name: "a", token: "6543210987654321" }] });
  const unset = await shell.run(["config", "unset", "port"]);
  expect([unset.code, unset.stderr]).toEqual([1, expect.stringMatching(/^port is not set in /)]);
});

it.each<[readonly string[], RegExp]>([
  [["port", "many"], /^laplas: "port": must be a port: 0 to 65535\.\n$/],
  [["port", "65536"], /^laplas: "port": must be a port: 0 to 65535\.\n$/],
  [["showPrompts", "perhaps"], /^laplas: "showPrompts": must be true or false\.\n$/],
  [["log", "xml"], /^laplas: "log": must be one of "json", "text", "off"\.\n$/],
  [["tier", "gold"], /^laplas: "tier" is "gold", but must be one of free, playground, paid, a file/],
  [["tier", "gold.json"], /^laplas: "tier" names the file ".*gold\.json", which does not exist/],
  [["providers[0].tier", "gold"], /"providers\[0\]\.tier" is "gold", but must be one of free, /],
  [["prot", "1"], /There is no option "prot"\. Options are .*port/],
  [["apiKey", "sk-secret-1"], /A key has no place in this file.*laplas keys set/],
  [["providers", '[{"provider": "groq", "apiKey": "sk-secret-1"}]'], /"providers\[0\]\.apiKey": has no place/],
  [["providers[0].keyVariable", "sk-secret-1"], /must be the name of an environment variable/],
])("refuses %j, and changes nothing", async (args, message) => {
  const shell = await openShell();
  const text = '{ "providers": [{ "provider": "laplas" }] }';
  shell.write(FILE, text);
  const { code, stdout, stderr } = await shell.run(["config", "set", ...args]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  expect(stdout + stderr).not.toContain("secret");
  expect(shell.read(FILE)).toBe(text);
});

it("names the file where a tier in it does not exist, and can put another in its place", async () => {
  const shell = await openShell();
  shell.write(FILE, '{ "tier": "gold" }');
  const status = await shell.run(["status"]);
  expect([status.code, status.stderr]).toEqual([
    2,
    expect.stringMatching(/^laplas: \S+laplas\.config\.json: "tier" is "gold", but must be one of free/),
  ]);
  const variable = await shell.run(["status"], { environment: { LAPLAS_TIER: "tin" } });
  expect(variable.stderr).toMatch(/\(LAPLAS_TIER\) is "tin"/);
  expect((await shell.run(["config", "set", "tier", "paid"])).code).toBe(0);
  expect((await shell.run(["status"])).code).toBe(0);
});

it("says what is set, by what, and what that goes before; keys and tokens are not shown", async () => {
  const shell = await openShell();
  shell.write(FILE, TEXT);
  const environment = { ...NO_VARIABLES, LAPLAS_PORT: "5000", LAPLAS_API_KEY: "sk-secret-1" };
  const { code, stdout } = await shell.run(["config", "get"], { environment });
  expect(code).toBe(0);
  expect(stdout.replace(/ +/g, " ").split("\n")).toEqual([
    "OPTION VALUE FROM",
    "port 5000 LAPLAS_PORT, before laplas.config.json",
    'clients [{"name":"a","token":"(hidden)"},{"name":"b","token":"(hidden)"}] laplas.config.json',
    "tier free laplas.config.json",
    "apiKey (hidden) LAPLAS_API_KEY",
    "",
  ]);
  const port = await shell.run(["config", "get", "port"], { environment });
  expect(port).toEqual({
    code: 0,
    stdout: "5000\n",
    stderr: "from LAPLAS_PORT, before laplas.config.json, which has 4200\n",
  });
  expect((await shell.run(["config", "get", "clients[1].name"], { environment })).stdout).toBe("b\n");
  expect((await shell.run(["config", "get", "clients[1].token"], { environment })).stdout).toBe("(hidden)\n");
  expect(await shell.run(["config", "get", "host"], { environment })).toEqual({
    code: 1,
    stdout: "",
    stderr: "host is not set: it has its default.\n",
  });
  expect(await shell.json(["config", "get", "port"], { environment })).toMatchObject({
    value: 5000,
    from: "LAPLAS_PORT",
  });
});

it("says so where a variable goes before what was set", async () => {
  const shell = await openShell();
  const { code, stderr } = await shell.run(["config", "set", "port", "4300"], { environment: { LAPLAS_PORT: "5000" } });
  expect([code, stderr]).toEqual([0, expect.stringMatching(/\nLAPLAS_PORT is set, and goes before it: 5000\n$/)]);
});

it("names the file that is read, also one that is not there yet", async () => {
  const shell = await openShell();
  const missing = await shell.run(["config", "path"]);
  expect([missing.stdout, missing.stderr]).toEqual([
    `${shell.folder}/${FILE}\n`,
    expect.stringContaining("no such file"),
  ]);
  shell.write("other.json", "{}");
  const environment = { LAPLAS_CONFIG: "other.json" };
  expect(await shell.run(["config", "path"], { environment })).toEqual({
    code: 0,
    stdout: `${shell.folder}/other.json\n`,
    stderr: "",
  });
  expect(await shell.json(["config", "path", "--config", "x.json"], { environment })).toMatchObject({
    path: `${shell.folder}/x.json`,
    exists: false,
  });
});

it("says which file can't be written, and why", async () => {
  const shell = await openShell();
  const { code, stderr } = await shell.run(["config", "set", "port", "4300", "--config", "missing/x.json"]);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^laplas: The configuration .*missing\/x\.json can't be written: /),
  ]);
});

it("unsets nothing where there is no file, or an empty one", async () => {
  const shell = await openShell();
  const missing = await shell.run(["config", "unset", "port"]);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/^port is not set in /)]);
  const json = await shell.run(["config", "unset", "port", "--json"]);
  expect([json.code, JSON.parse(json.stdout)]).toEqual([1, expect.objectContaining({ name: "port", value: null })]);
  shell.write(FILE, "{}\n");
  const empty = await shell.run(["config", "unset", "clients[0].name"]);
  expect([empty.code, empty.stderr]).toEqual([1, expect.stringMatching(/^clients\[0\]\.name is not set in /)]);
  expect(shell.read(FILE)).toBe("{}\n");
});
