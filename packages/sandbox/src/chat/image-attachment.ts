const imageParts = new Set(["image_url", "image", "input_image"]);

/**
 * Where a body's messages carry an image, or undefined. It looks at the raw body, before any schema: the tier refuses
 * images in every family's spelling, in any role, tool results included.
 */
export function findImageAttachment(body: unknown): string | undefined {
  const messages = field(body, "messages");
  if (!Array.isArray(messages)) return undefined;
  for (const [index, message] of messages.entries()) {
    const place = imageIn(field(message, "content"), `messages[${index}].content`);
    if (place) return place;
  }
  return undefined;
}

function imageIn(content: unknown, place: string): string | undefined {
  if (!Array.isArray(content)) return undefined;
  for (const [index, part] of content.entries()) {
    const here = `${place}[${index}]`;
    const type = field(part, "type");
    if (typeof type === "string" && imageParts.has(type)) return here;
    const nested = imageIn(field(part, "content"), `${here}.content`);
    if (nested) return nested;
  }
  return undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
