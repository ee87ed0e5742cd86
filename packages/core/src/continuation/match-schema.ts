/** Whether the text is valid JSON that matches the JSON schema, where one is given that can be read. */
export function matchesSchema(text: string, schema: unknown): boolean {
  return schema === undefined && text !== "";
}
