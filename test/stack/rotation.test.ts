import { afterEach, describe, expect, it } from "vitest";
import { changes, type RunResult } from "../../sandbox/stack-run";
import { failure, openAccount, type TestAccount } from "./account";

const PASSWORD = "/smarthost/smarthost/sandbox/mail/password";

describe("a rotation of the API key", () => {
  let account: TestAccount;
  afterEach(() => account?.close());
  const steps = (result: RunResult) =>
    changes(result)
      .filter(({ op }) => op !== "replace")
      .map(({ op, name }) => `${op} ${name}`);
  const password = () => account.aws.getParameter(PASSWORD)?.value;
  const keys = () => {
    const { keys: all, username } = account.world.sendgrid.account;
    return all.list(username);
  };
  const valid = () => keys().filter(({ name }) => name.includes("relay"));

  it("makes a new key, then gives it to the relay, then deletes the old one, as the preview says", async () => {
    account = await openAccount({ settings: { sendgridKeyGracePeriod: "3" } });
    await account.run.up();
    const old = password();
    const [oldKey] = valid();
    await account.run.configure({ sendgridKeyRotation: "2026-12" });
    const preview = await account.run.preview();
    expect(steps(preview)).toEqual([
      "create-replacement mail-key",
      "update mail-password",
      "delete-replaced mail-key",
    ]);
    // While the old key waits for its end, the relay has the new one already, and both are valid.
    const bothValid: boolean[] = [];
    account.aws.events.onParameterChanged = () => void bothValid.push(valid().length === 2);
    const up = await account.run.up();
    expect(steps(up)).toEqual(steps(preview));
    expect(bothValid).toEqual([true]);
    expect(up.output).toMatch(/stays valid for \d s more: its grace period/);
    expect(password()).toMatch(/^SG\./);
    expect(password()).not.toBe(old);
    expect(valid()).toHaveLength(1);
    expect(valid()).not.toContainEqual(oldKey);
    expect(steps(await account.run.preview())).toEqual([]);
  });

  it("does not touch the server", async () => {
    account = await openAccount({ settings: { sendgridKeyGracePeriod: "0" } });
    await account.run.up();
    const servers = [...account.aws.compute.instances.keys()];
    await account.run.configure({ sendgridKeyRotation: "1" });
    await account.run.up();
    expect([...account.aws.compute.instances.keys()]).toEqual(servers);
  });

  it("with a grace period that SendGrid's provider does not take is refused under the setting's name", async () => {
    account = await openAccount({ settings: { sendgridKeyGracePeriod: "86401" } });
    expect(await failure(account.run.preview())).toContain(
      'sendgridKeyGracePeriod: "86401" is not a whole number of seconds from 0 to 86400.',
    );
  });
});
