import { expect, test } from "vitest";
import { CREDENTIAL_INTERVAL_SECONDS } from "../../components/postfix-relay/server/credential";
import { KEY_GRACE_SECONDS, keyLife, keyRotationFaults } from "../../components/sender-identity/key-rotation";
import { readSettings } from "../../infra/settings";

test("a key has its grace period before there is any rotation, because it goes by what it was made with", () => {
  expect(keyLife()).toEqual({ gracePeriodSeconds: KEY_GRACE_SECONDS });
  expect(keyLife({ trigger: "2026-12" })).toEqual({
    triggers: { rotation: "2026-12" },
    gracePeriodSeconds: KEY_GRACE_SECONDS,
  });
});

test("the grace period is more than two of the relay's looks for a new password, and the stack's default", () => {
  expect(KEY_GRACE_SECONDS).toBeGreaterThan(2 * CREDENTIAL_INTERVAL_SECONDS);
  const zone = { cloudflareZoneId: "0".repeat(32) };
  const { settings } = readSettings({ domain: "example.com", senderAddress: "a@example.com", ...zone });
  expect(settings?.sendgridKeyGracePeriod).toBe(KEY_GRACE_SECONDS);
});

test.each([
  [{ trigger: " " }, ["keyRotation.trigger"]],
  [{ gracePeriodSeconds: -1 }, ["keyRotation.gracePeriodSeconds"]],
  [{ gracePeriodSeconds: 1.5, trigger: "" }, ["keyRotation.trigger", "keyRotation.gracePeriodSeconds"]],
  [{ gracePeriodSeconds: 86_401 }, ["keyRotation.gracePeriodSeconds"]],
  [{ gracePeriodSeconds: 0, trigger: "1" }, []],
])("what is no rotation is refused, all faults at once: %j", (rotation, paths) => {
  expect(keyRotationFaults(rotation).map(({ path }) => path)).toEqual(paths);
});
