import type { RecentCall } from "../../recent/recent-call.js";

/** What to change in a program so that its call passes, ready to be pasted; `undefined` where no line of code helps. */
export function fixFor({ code, message }: Pick<RecentCall, "code" | "message">, model?: string): string | undefined {
  switch (code?.replace(/^free_tier_/, "")) {
    case "output_tokens":
      return numberFix("max_tokens", message);
    case "image_count":
      return `"n": 1`;
    case "image_size": {
      const size = /Ask for (\d+x\d+)/.exec(message ?? "")?.[1];
      return size === undefined ? undefined : `"size": "${size}"`;
    }
    case "daily_quota":
    case "model_not_on_tier":
    case "model_not_found":
      return model === undefined ? undefined : `"model": "${model}"`;
    case "invalid_api_key":
      return "OPENAI_API_KEY=<the token of a client of this gateway>";
    case "host_not_allowed":
      return `"allowedHosts": ["<the name in the address>"]`;
    case "origin_not_allowed":
      return `"allowedOrigins": ["<the origin of the page>"]`;
    case "body_over_limit":
      return `"maxBodyBytes": 50000000`;
    case "payment_required":
      return "laplas doctor --resume";
    default:
      return undefined;
  }
}

function numberFix(field: string, message: string | null): string | undefined {
  const most = /Ask for (\d+) or fewer/.exec(message ?? "")?.[1];
  return most === undefined ? undefined : `"${field}": ${most}`;
}
