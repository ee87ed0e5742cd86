/** What a chat body asks for, the same for every request family. */
export interface ChatRequest {
  turns: ChatTurn[];
  /** Effective output cap asked for, in model tokens; undefined when the body has none. */
  maxTokens: number | undefined;
  /** The largest cap named in the body: this is what the tier judges. */
  largestMaxTokens: number | undefined;
  stream: boolean;
  /** Whether the stream ends with a usage chunk. */
  includeUsage: boolean;
  choices: number;
  stop: string[];
  tools: ChatTool[];
  toolChoice: ToolChoice;
  format: AnswerFormat;
  /** Whether reasoning is asked for, where a model reasons on demand only. */
  thinking?: boolean;
}

export interface ChatTurn {
  role: "system" | "developer" | "user" | "assistant" | "tool" | "function";
  text: string;
  toolCalls: ToolCall[];
}

export interface ToolCall {
  id: string;
  name: string;
  /** JSON, as OpenAI writes it. */
  arguments: string;
  /** What a vendor sends beside it. */
  extra?: object;
}

export interface ChatTool {
  name: string;
  description: string;
  parameters: JsonSchema;
}

export type ToolChoice = { kind: "auto" | "none" | "required" } | { kind: "named"; name: string };

export type AnswerFormat = { kind: "text" | "json" } | { kind: "schema"; schema: JsonSchema };

/** A JSON schema as it came; only what the answers need is read. */
export type JsonSchema = Record<string, unknown>;
