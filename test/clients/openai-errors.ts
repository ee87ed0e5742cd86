import OpenAI from "openai";
import { expect } from "vitest";
import type { ExpectedError } from "./limits.ts";

const CLASSES: Readonly<Record<number, unknown>> = {
  400: OpenAI.BadRequestError,
  401: OpenAI.AuthenticationError,
  404: OpenAI.NotFoundError,
  429: OpenAI.RateLimitError,
};

/** The openai package's own class for the status. LangChain's classes and the Agents SDK let its errors through. */
export function expectOpenAIError(thrown: unknown, { status, code, message }: ExpectedError): void {
  expect((thrown as Error).constructor).toBe(CLASSES[status]);
  expect(thrown).toMatchObject({ status, code, message: expect.stringMatching(message) });
}
