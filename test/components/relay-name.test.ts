import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it } from "vitest";
import { PostfixRelay, type PostfixRelayArgs } from "../../components";
import { everythingIn, failure, openAccount, type TestAccount } from "../stack/account";

const args: PostfixRelayArgs = {
  hostName: "relay.example.com",
  smartHost: { name: "Host", host: "smtp.example.net", port: 587, tls: "starttls", user: "relay" },
  password: pulumi.secret("not-in-clear"),
};

let account: TestAccount;
afterEach(() => account?.close());

it("two relays of one name, which Pulumi allows in different parents, are refused in the preview", async () => {
  account = await openAccount({
    program: async () => {
      new PostfixRelay("mail", args);
      const parent = new pulumi.ComponentResource("acme:index:Application", "shop");
      new PostfixRelay("mail", args, { parent });
    },
  });
  expect(await failure(account.run.preview())).toContain(
    'name: "mail" is the name of PostfixRelay "mail" of this program too, and their passwords would be one ' +
      "parameter. Give one of them another name.",
  );
  expect(everythingIn(account)).toEqual([]);
});
