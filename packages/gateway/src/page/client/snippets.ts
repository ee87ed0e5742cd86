/** How a program is pointed at this gateway. */
export interface Snippet {
  readonly name: "curl" | "Python" | "JavaScript" | "Codex" | "Claude Code";
  /** Where it belongs. */
  readonly place: string;
  readonly code: string;
}

/** What the snippets are made of. */
export interface SnippetFacts {
  /** Ends in `/v1`. */
  readonly baseURL: string;
  /** A chat model that this gateway serves. */
  readonly model: string;
  /** Whether the gateway asks for a token. The token itself stands in no snippet. */
  readonly asksForToken: boolean;
}

export function snippetsFor({ baseURL, model, asksForToken }: SnippetFacts): readonly Snippet[] {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] });
  const token = asksForToken ? "$LAPLAS_TOKEN" : "unused";
  return [
    {
      name: "curl",
      place: "in a shell",
      code: [
        `curl ${baseURL}/chat/completions \\`,
        `  --header "content-type: application/json" \\`,
        ...(asksForToken ? [`  --header "authorization: Bearer ${token}" \\`] : []),
        `  --data '${body}'`,
      ].join("\n"),
    },
    {
      name: "Python",
      place: "pip install openai",
      code: [
        ...(asksForToken ? ["import os", ""] : []),
        "from openai import OpenAI",
        "",
        `client = OpenAI(base_url="${baseURL}", api_key=${asksForToken ? 'os.environ["LAPLAS_TOKEN"]' : '"unused"'})`,
        "answer = client.chat.completions.create(",
        `    model="${model}",`,
        `    messages=[{"role": "user", "content": "Hello"}],`,
        ")",
        "print(answer.choices[0].message.content)",
      ].join("\n"),
    },
    {
      name: "JavaScript",
      place: "npm install openai",
      code: [
        `import OpenAI from "openai";`,
        "",
        `const client = new OpenAI({ baseURL: "${baseURL}", apiKey: ${asksForToken ? "process.env.LAPLAS_TOKEN" : '"unused"'} });`,
        "const answer = await client.chat.completions.create({",
        `  model: "${model}",`,
        `  messages: [{ role: "user", content: "Hello" }],`,
        "});",
        "console.log(answer.choices[0].message.content);",
      ].join("\n"),
    },
    {
      name: "Codex",
      place: `in ~/.codex/config.toml; LAPLAS_TOKEN is ${asksForToken ? "a client's token" : "any text"}`,
      code: [
        `model = "${model}"`,
        `model_provider = "laplas"`,
        "",
        "[model_providers.laplas]",
        `name = "laplas"`,
        `base_url = "${baseURL}"`,
        `wire_api = "responses"`,
        `env_key = "LAPLAS_TOKEN"`,
      ].join("\n"),
    },
    {
      name: "Claude Code",
      place: `in a shell; "models": {"claude-*": "${model}"} in laplas.config.json answers for Claude's names`,
      code: `ANTHROPIC_BASE_URL=${baseURL.replace(/\/v1$/, "")} ANTHROPIC_AUTH_TOKEN=${token} claude`,
    },
  ];
}
