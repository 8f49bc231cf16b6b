import { expect, test } from "vitest";
import { metricsFaults, metricsParameter } from "../../components/postfix-relay/server/metrics";
import { checkRelaySettings } from "../../components/postfix-relay/settings";
import { settings } from "./relay-settings";

const secret = { source: "secretsmanager", secretId: "mail/smtp", region: "eu-central-1" } as const;
const arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:mail/smtp-a1B2c3";

test.each([
  [secret],
  [{ ...secret, field: "password" }],
  [{ ...secret, secretId: arn }],
  [
    {
      ...secret,
      secretId: arn.replaceAll("eu-central-1", "cn-north-1").replace("aws:", "aws-cn:"),
      region: "cn-north-1",
    },
  ],
])("a secret is accepted: %j", (credential) => {
  expect(checkRelaySettings({ ...settings, credential })).toEqual([]);
});

test.each<[changed: object, paths: string[]]>([
  [{ secretId: "" }, ["credential.secretId"]],
  [{ secretId: "two words" }, ["credential.secretId"]],
  [{ secretId: "a'b" }, ["credential.secretId"]],
  [{ secretId: "x".repeat(513) }, ["credential.secretId"]],
  [{ secretId: arn.slice(0, -7) }, ["credential.secretId"]],
  [{ secretId: arn, region: "eu-west-1" }, ["credential.region"]],
  [
    { region: "Frankfurt", secretId: "$(x)", field: "a b" },
    ["credential.region", "credential.secretId", "credential.field"],
  ],
  [{ field: "" }, ["credential.field"]],
])("what is no secret is refused, all faults at once: %j", (changed, paths) => {
  const faults = checkRelaySettings({ ...settings, credential: { ...secret, ...changed } });
  expect(faults.map(({ path }) => path)).toEqual(paths);
  expect(faults.every(({ next }) => next.length > 0)).toBe(true);
});

test.each(["a b", "/mail/$(id)", "mail/relay", "/", "/aws/x"])(
  "a prefix that no parameter's name can begin with is refused: %j",
  (parameterPrefix) => {
    const faults = checkRelaySettings({ ...settings, credential: secret, parameterPrefix });
    expect(faults.map(({ path }) => path)).toEqual(["parameterPrefix"]);
  },
);

test("metrics work beside it, with their script under the relay's own name or the prefix that is given", () => {
  const given = { ...settings, credential: secret, metrics: true as const };
  expect(metricsFaults(given)).toEqual([]);
  expect(metricsParameter(given)?.pattern).toBe("/smarthost/relay.example.com.metrics-*");
  expect(metricsParameter({ ...given, parameterPrefix: "/mail/relay" })?.pattern).toBe(
    "/mail/relay.metrics-*",
  );
});
