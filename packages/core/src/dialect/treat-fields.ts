import { adjust, type ChatDraft } from "./chat-draft.js";
import { nearestIn, notTaken, outOfRange, wrongType } from "./field-values.js";
import { REQUEST_FIELDS, type RequestField, type Treatment } from "./request-fields.js";

/** A name that may stand in a header. */
const TELLABLE = /^[\w.-]{1,64}$/;

/** Does with each field what the table says. @throws FatalUpstreamError `invalid_request` for one whose meaning would be lost */
export function treatFields(draft: ChatDraft): void {
  for (const [name, field] of REQUEST_FIELDS) {
    // One that is read earlier may have become this one.
    const value = draft.rest[name];
    delete draft.rest[name];
    if (value !== undefined && value !== null) treatField(draft, name, value, field);
  }
  for (const [name, value] of Object.entries(draft.rest)) {
    if (value === undefined || value === null) continue;
    if (sendsExtras(draft) && draft.dialect !== "claude") draft.fields[name] = value;
    else adjust(draft, TELLABLE.test(name) ? name : "unknown_field", "removed");
  }
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
  if (typeof value !== "number") throw wrongType(name, "a number");
  const nearest = nearestIn(treatment, value);
  if (nearest === value) return value;
  if (field.kind === "meaning") throw outOfRange(name, value, treatment, draft.model);
  adjust(draft, name, String(nearest), "changes-answer");
  return nearest;
}

/** Whether the model's server may do something with fields that its shape does not list. */
function sendsExtras({ known }: ChatDraft): boolean {
  return known?.capabilities.extraFields !== "dropped";
}
