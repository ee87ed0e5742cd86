import { adjust, type ChatDraft, sendsExtras } from "./chat-draft.js";
import { nearestIn, notTaken, requireIn, wrongType } from "./field-values.js";
import { REQUEST_FIELDS, type RequestField, type Treatment } from "./request-fields.js";

/** Does with each field what the table says. @throws FatalUpstreamError `invalid_request` for one whose meaning would be lost */
export function treatFields(draft: ChatDraft): void {
  for (const [name, field] of REQUEST_FIELDS) {
    // One that is read earlier may have become this one.
    const value = draft.rest[name];
    if (value === undefined) continue;
    delete draft.rest[name];
    if (value !== null) treatField(draft, name, value, field);
  }
  const others = Object.entries(draft.rest).filter(([, value]) => value !== undefined && value !== null);
  if (sendsExtras(draft) && draft.dialect !== "claude") Object.assign(draft.fields, Object.fromEntries(others));
  else reportRemoved(draft, others);
}

/** Names that are told one by one. */
const MOST_NAMED = 20;
const MOST_IN_NAME = 40;

/** Reports fields that were left out. The report goes into a header, which takes neither every character nor a name of any length. */
export function reportRemoved(
  draft: Pick<ChatDraft, "adjustments">,
  fields: readonly (readonly [name: string, value: unknown])[],
): void {
  for (const [name] of fields.slice(0, MOST_NAMED))
    adjust(draft, name.slice(0, MOST_IN_NAME).replace(/[^\w.-]/g, "_"), "removed");
  if (fields.length > MOST_NAMED) adjust(draft, "other_fields", "removed");
}

function treatField(draft: ChatDraft, name: string, value: unknown, field: RequestField): void {
  const treatment = field.by[draft.dialect];
  if (treatment !== undefined) {
    const written = write(draft, name, value, field, treatment);
    if (written !== undefined) draft.fields[name] = written;
  } else if (draft.dialect === "openai" && sendsExtras(draft)) draft.fields[name] = value;
  else if (field.neutral?.(value) === true) return;
  else if (field.kind === "meaning") throw notTaken(name, draft.model);
  else adjust(draft, name, "removed", field.kind === "preference" ? "changes-answer" : undefined);
}

function write(draft: ChatDraft, name: string, value: unknown, field: RequestField, treatment: Treatment): unknown {
  if (treatment === "taken") return value;
  if (typeof treatment === "function") return treatment(value, draft);
  // The ranges are of one provider's schemas: of other models their servers know.
  if (draft.dialect === "openai" && sendsExtras(draft)) return value;
  if (field.kind === "meaning") return requireIn(name, value, treatment, draft.model);
  if (typeof value !== "number") throw wrongType(name, "a number");
  const nearest = nearestIn(treatment, value);
  if (nearest === value) return value;
  adjust(draft, name, String(nearest), "changes-answer");
  return nearest;
}
