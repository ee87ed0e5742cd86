/** The data of each event of a stream's text. */
export function eventData(text: string): string[] {
  return text.split("\n\n").flatMap((event) => (event.startsWith("data: ") ? [event.slice("data: ".length)] : []));
}

/** What a streamed chat answer says, and how it ended. */
export interface StreamedText {
  readonly text: string;
  /** Whether `[DONE]` came, and came last. */
  readonly isWhole: boolean;
  /** The error that the stream ended with. */
  readonly error: { readonly code: string; readonly message: string; readonly type: string } | undefined;
}

export function readStream(body: string): StreamedText {
  const events = eventData(body);
  let text = "";
  let error: StreamedText["error"];
  for (const data of events) {
    if (data === "[DONE]") continue;
    const event = JSON.parse(data) as {
      choices?: { delta?: { content?: string } }[];
      error?: NonNullable<StreamedText["error"]>;
    };
    error ??= event.error;
    text += event.choices?.[0]?.delta?.content ?? "";
  }
  return { text, isWhole: events.indexOf("[DONE]") === events.length - 1 && events.length > 0, error };
}
