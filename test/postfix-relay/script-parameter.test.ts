import { expect, test } from "vitest";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { renderUserData, userDataFaults } from "../../components/postfix-relay/user-data";
import { settings } from "./relay-settings";

const source = (letter: string) => ({
  source: "ssm" as const,
  parameterName: `/${letter.repeat(800)}`,
  region: "eu-central-1",
});
const drain = { group: "g", hook: "h", limitSeconds: 3_600 };

test.each<[string, Partial<RelaySettings>]>([
  ["submission", { submission: { users: source("u"), certificate: source("c") } }],
  ["drain", { credential: source("p"), drain }],
])("names that make the script of %s longer than its parameter takes are refused", (path, changes) => {
  const reason = expect.stringMatching(
    /^its script has \d{4} bytes with these names, and an SSM parameter takes 4096$/,
  );
  expect(userDataFaults({ ...settings, ...changes })).toEqual([
    { path, reason, next: "Shorten the names of project, stack, component or parameters." },
  ]);
  expect(() => renderUserData({ ...settings, ...changes })).toThrow(`${path}: its script has`);
});
