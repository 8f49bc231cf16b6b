import { afterEach, describe, expect, it } from "vitest";
import { PostfixRelay, type PostfixRelayArgs } from "../../components";
import { postfixRelayFaults } from "../../components/postfix-relay/postfix-relay";
import { createAuthority } from "../../sandbox/pki";
import { changes } from "../../sandbox/stack-run";
import { failure, openAccount, type TestAccount } from "../stack/account";

const minimal: PostfixRelayArgs = {
  hostName: "relay.example.com",
  smartHost: { name: "Host", host: "smtp.example.net", port: 587, tls: "starttls", user: "relay" },
  password: "not-in-clear",
};
const USERS = "app:{SHA512-CRYPT}$6$saltsalt$0123456789abcdef";
const PREFIX = "/smarthost/smarthost/sandbox/mail";

describe("a relay with logins", () => {
  let account: TestAccount;
  afterEach(() => account?.close());

  const open = async (submission: PostfixRelayArgs["submission"]) =>
    openAccount({
      program: async () => {
        const relay = new PostfixRelay("mail", { ...minimal, clients: ["10.77.0.0/16"], submission });
        return { group: relay.securityGroupId };
      },
    });

  it("keeps users and certificate as secrets that its role may read, and lets everybody reach 587 and 465", async () => {
    const { key, cert } = await (await createAuthority()).issue(["mail.example.com"]);
    const certificate = `${key}\n${cert}`;
    account = await open({ users: USERS, certificate, serverName: "mail.example.com" });

    const preview = await account.run.preview();
    const up = await account.run.up();
    expect(up.steps.map(({ op, urn }) => `${op} ${urn}`).toSorted()).toEqual(
      preview.steps.map(({ op, urn }) => `${op} ${urn}`).toSorted(),
    );
    expect(changes(await account.run.refresh())).toEqual([]);
    expect(changes(await account.run.preview())).toEqual([]);

    const { aws } = account;
    const stored = ["submission-users", "submission-certificate"].map((each) =>
      aws.parameters.get(`${PREFIX}/${each}`),
    );
    expect(stored).toMatchObject([
      { type: "SecureString", tier: "Advanced", value: USERS },
      { type: "SecureString", tier: "Advanced", value: certificate },
    ]);
    const [serverId = ""] = aws.compute.instances.keys();
    const principal = aws.principalOf(aws.credentialsFor(serverId)?.credentials.accessKeyId ?? "");
    if (!principal) throw new Error("the server has no role");
    const mayRead = (name: string) =>
      aws.isAllowed(principal, "ssm:GetParameter", aws.arn("ssm", `parameter${name}`));
    const script = preview.steps.find(({ name }) => name === "mail-submission")?.inputs.name;
    expect(aws.parameters.get(String(script))?.type).toBe("String");
    expect(script).toMatch(/\/password\.submission-[0-9a-f]{8}$/);
    const values = ["submission-users", "submission-certificate", "password", "others"];
    const names = [...values.map((each) => `${PREFIX}/${each}`), String(script)];
    expect(names.map(mayRead)).toEqual([true, true, true, false, true]);

    const { group } = await account.run.outputs();
    const rules = aws.securityGroups.rulesOf(group?.value, "ingress");
    expect(rules.map(({ fromPort, cidrIpv4 }) => `${fromPort} ${cidrIpv4}`).toSorted()).toEqual([
      "25 10.77.0.0/16",
      "465 0.0.0.0/0",
      "465 10.77.0.0/16",
      "587 0.0.0.0/0",
      "587 10.77.0.0/16",
    ]);
    const shown = JSON.stringify([preview.steps, await account.run.outputs()]);
    expect(shown).not.toContain("saltsalt");
    expect(shown).not.toContain(key.split("\n")[1]);
  });

  it("is refused in the preview where a password is in clear, without showing it, or the certificate is for another name", async () => {
    const { key, cert } = await (await createAuthority()).issue(["other.example.com"]);
    account = await open({ users: "app:hunter2-hunter2", certificate: `${key}\n${cert}` });
    const text = await failure(account.run.preview());
    expect(text).toMatch(
      /submission\.users: has a line 1 that is not|submission\.certificate: has a certificate for/,
    );
    expect(text).not.toContain("hunter2");
  });
});

it("faults of logins stand under the arguments' names", () => {
  const submission = { users: USERS, certificate: "", from: ["10.0.0.0"], serverName: "mail" };
  expect(postfixRelayFaults("mail", { ...minimal, submission }).map(({ path }) => path)).toEqual(
    expect.arrayContaining(["submission.serverName", "submission.from[0]"]),
  );
  expect(
    postfixRelayFaults("mail", { ...minimal, submission: { ...submission, from: [] } }).map(
      ({ path }) => path,
    ),
  ).toContain("submission.from");
});
