import { afterEach, expect, it } from "vitest";
import { PostfixRelay } from "../../components";
import { changes } from "../../sandbox/stack-run";
import { failure, openAccount, type TestAccount } from "../stack/account";

let account: TestAccount;
afterEach(() => account.close());

const name = "mail.corp.example.net";

it.each([
  ["an A record", "A" as const, "192.0.2.1"],
  ["a CNAME", "CNAME" as const, "elsewhere.example.net"],
])(
  "a relay's name that has %s already is refused in the preview, and goes through when that is gone",
  async (_what, type, value) => {
    let zoneId = "";
    account = await openAccount({
      program: async () => {
        const relay = new PostfixRelay("mail", {
          hostName: "relay.example.com",
          smartHost: { name: "Host", host: "smtp.example.net", port: 587, tls: "starttls", user: "relay" },
          password: "not-in-clear",
          address: { zoneId, name },
        });
        return { host: relay.host };
      },
    });
    zoneId = account.aws.hostedZones.create({ name: "corp.example.net" }).id;
    account.aws.hostedZones.put(zoneId, "CREATE", { name, type, ttl: 60, records: [value] });

    expect(await failure(account.run.preview())).toContain(
      `address.name: "${name}" exists already in Route 53: ${type} ${value}`,
    );

    account.aws.hostedZones.remove(zoneId, name, type);
    await account.run.up();
    expect(changes(await account.run.preview())).toEqual([]);
  },
);
