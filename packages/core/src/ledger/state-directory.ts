import { importNode } from "../import-node.js";

/** The package's own directory for what a user's programs keep, by each system's custom. Rejects where there is no Node. */
export async function stateDirectory(environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const { homedir, platform } = await importNode("node:os");
  const { join } = await importNode("node:path");
  // As `homedir` does, which knows the variables of the process alone.
  const home = environment[platform() === "win32" ? "USERPROFILE" : "HOME"] || homedir();
  const directories: Partial<Record<NodeJS.Platform, string>> = {
    win32: environment.LOCALAPPDATA ?? join(home, "AppData", "Local"),
    darwin: join(home, "Library", "Application Support"),
  };
  const state = directories[platform()] ?? (environment.XDG_STATE_HOME || join(home, ".local", "state"));
  return join(state, "laplas");
}
