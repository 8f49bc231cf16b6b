import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { cloudflare, SenderIdentity, type SenderIdentityArgs } from "../../components";

// A consumer's unit tests run a program with Pulumi's mocks, which know neither hooks nor an engine.

it("an identity can be unit-tested with Pulumi's mocks, several times in one process", async () => {
  const made: string[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ name, type, inputs }) => {
      made.push(`${type.split(":").at(-1)} ${name}`);
      return {
        id: `${name}-id`,
        state: { ...inputs, mailCname: { data: "a" }, dkim1: { data: "b" }, dkim2: { data: "c" } },
      };
    },
    call: () => ({}),
  });
  const args: SenderIdentityArgs = {
    domain: "example.com",
    sender: { address: "noreply@example.com" },
    dns: cloudflare({ zoneId: "023e105f4ecef8ad9ca31a8372d0c353" }),
  };
  for (const name of ["one", "two"]) {
    const { records } = new SenderIdentity(name, args);
    const values = await new Promise((resolve) =>
      records.apply((all) => resolve(all.map(({ value }) => value))),
    );
    expect(values).toEqual(["a", "b", "c", "v=DMARC1; p=none"]);
  }
  await expect
    .poll(() => made)
    .toEqual(expect.arrayContaining(["DnsRecord two-dmarc", "DnsRecord one-dkim1"]));
});
