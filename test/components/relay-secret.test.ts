import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it } from "vitest";
import { PostfixRelay, type PostfixRelayArgs } from "../../components";
import { postfixRelayFaults } from "../../components/postfix-relay/postfix-relay";
import { changes } from "../../sandbox/stack-run";
import { failure, openAccount, type TestAccount } from "../stack/account";

const minimal = {
  hostName: "relay.example.com",
  smartHost: { name: "Host", host: "smtp.example.net", port: 587, tls: "starttls", user: "relay" },
} satisfies Partial<PostfixRelayArgs>;

/** Opens an account whose program's password may change between runs. */
async function openRelay(
  password: () => PostfixRelayArgs["password"],
  others: Partial<PostfixRelayArgs> = {},
) {
  return openAccount({
    program: async () => {
      const { host } = new PostfixRelay("mail", { ...minimal, ...others, password: password() });
      return { host };
    },
  });
}

describe("a relay whose password is in Secrets Manager", () => {
  let account: TestAccount;
  afterEach(() => account?.close());

  it("makes nothing for it, and its role may read this secret alone, by its own key", async () => {
    let password: PostfixRelayArgs["password"];
    account = await openRelay(() => password, { metrics: true });
    const { aws } = account;
    const [kmsKeyId = ""] = aws.keys;
    const secret = aws.secrets.create("smtp", JSON.stringify({ password: "not-in-clear" }), kmsKeyId);
    // An output, as of a secret that the same program makes.
    password = { secretArn: pulumi.output(secret.arn), field: "password", kmsKeyId };

    const preview = await account.run.preview();
    const parameters = preview.steps.filter(({ type }) => type.endsWith(":Parameter"));
    expect(parameters.map(({ inputs }) => inputs.name)).toEqual([
      expect.stringMatching(/^\/smarthost\/smarthost\/sandbox\/mail\/password\.metrics-[0-9a-f]{8}$/),
    ]);
    const server = preview.steps.find(({ type }) => type.endsWith(":Instance"));
    expect(server?.inputs.userData).toContain(
      `secret ${secret.arn} eu-central-1 https://secretsmanager.eu-central-1.amazonaws.com/ password\n`,
    );
    await account.run.up();
    expect(changes(await account.run.preview())).toEqual([]);
    expect(changes(await account.run.refresh())).toEqual([]);
    expect(changes(await account.run.preview())).toEqual([]);

    const [serverId = ""] = aws.compute.instances.keys();
    const principal = aws.principalOf(aws.credentialsFor(serverId)?.credentials.accessKeyId ?? "");
    if (!principal) throw new Error("the server has no role");
    const other = aws.secrets.create("smtp-of-others", "x", kmsKeyId);
    const mayRead = ({ arn }: { arn: string }) =>
      aws.isAllowed(principal, "secretsmanager:GetSecretValue", arn);
    expect([secret, other].map(mayRead)).toEqual([true, false]);
    expect([secret, other].map((each) => aws.mayDecryptSecret(principal, each))).toEqual([true, false]);
    expect(aws.isAllowed(principal, "kms:Decrypt", kmsKeyId)).toBe(false);
  });

  it("takes the place of one that the stack kept, which is deleted", async () => {
    let password: PostfixRelayArgs["password"] = "not-in-clear";
    account = await openRelay(() => password);
    await account.run.up();
    const name = "/smarthost/smarthost/sandbox/mail/password";
    expect(account.aws.getParameter(name)?.value).toBe("not-in-clear");
    password = { secretArn: account.aws.secrets.create("smtp", "x").arn };
    await account.run.up();
    expect(account.aws.getParameter(name)).toBeUndefined();
    expect(changes(await account.run.preview())).toEqual([]);
  });

  it("is refused in the preview where the secret or its key is of another region", async () => {
    const secretArn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:smtp-a1b2c3";
    const kmsKeyId = "arn:aws:kms:eu-west-1:111122223333:key/0c0ffee0-0000-4000-8000-000000000001";
    account = await openRelay(() => ({ secretArn, kmsKeyId }));
    const message = await failure(account.run.preview());
    expect(message).toContain(
      `password.secretArn: "${secretArn}" is a secret of eu-west-1, and the relay is in`,
    );
    expect(message).toContain("password.kmsKeyId");
  });
});

it("everything that is wrong with secrets is told at once, before any look-up", () => {
  const fallback = { ...minimal.smartHost, host: "second.example.net" };
  const faults = postfixRelayFaults("mail", {
    ...minimal,
    // A name, and an ARN without its six characters.
    password: { secretArn: "smtp", field: "two words" },
    fallbacks: [
      {
        endpoint: fallback,
        password: {
          secretArn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:smtp",
          kmsKeyId: "alias/mail",
        },
      },
    ],
  });
  expect(faults.map(({ path }) => path).toSorted()).toEqual([
    "fallbacks[0].password.kmsKeyId",
    "fallbacks[0].password.secretArn",
    "password.field",
    "password.secretArn",
  ]);
});
