import { join } from "node:path";
import { openPackages } from "./npm.ts";
import type { Outcome } from "./python.ts";
import type { ServedAgent } from "./serve-agent.ts";

const bin = await openPackages("claude-code");

export interface Asked {
  /** @default its own */
  readonly model?: string | undefined;
  /** Where the token stands. */
  readonly key?: "ANTHROPIC_AUTH_TOKEN" | "ANTHROPIC_API_KEY";
  readonly flags?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** One prompt, with the gateway as its page has it. */
export async function claude(
  { home, url, token, noInternet }: Pick<ServedAgent, "home" | "url" | "token" | "noInternet">,
  prompt: string,
  { model, key = "ANTHROPIC_AUTH_TOKEN", flags = [], variables: more = {} }: Asked = {},
): Promise<Outcome> {
  const variables = {
    ANTHROPIC_BASE_URL: url,
    [key]: token,
    CLAUDE_CONFIG_DIR: join(home.path, "claude"),
    // What it would fetch or tell besides the model.
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    ...noInternet,
    ...more,
  };
  const asked = model === undefined ? [] : ["--model", model];
  return home.run(
    join(bin, "claude"),
    ["-p", "--permission-mode", "acceptEdits", ...asked, ...flags, prompt],
    variables,
  );
}
