import { expect } from "vitest";
import type { OpenAccount } from "../sendgrid";

/** What somebody does in the console, or with a key of their own. Answers the body. */
export async function request(
  { adminKey, api }: OpenAccount,
  method: string,
  path: string,
  body?: Record<string, unknown>,
): Promise<unknown> {
  const answer = await fetch(`${api.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
  const text = await answer.text();
  return text === "" ? undefined : JSON.parse(text);
}
