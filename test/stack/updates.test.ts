import { afterEach, describe, expect, it } from "vitest";
import { changes, type RunResult } from "../../sandbox/stack-run";
import { type AccountOptions, failure, openAccount, type TestAccount } from "./account";

describe("a stack that is up", () => {
  let account: TestAccount;
  afterEach(() => account?.close());

  const bringUp = async (options?: AccountOptions) => {
    account = await openAccount(options);
    await account.run.up();
  };
  const steps = (result: RunResult) => changes(result).map(({ op, name }) => `${op} ${name}`);

  it("keeps its image, zone and subnet when the look-ups answer in another order and with newer images", async () => {
    await bringUp();
    const { aws } = account;
    aws.subnets.reverse();
    aws.offerings.reverse();
    const newest = aws.images.find(({ name }) => name.startsWith("debian-13-arm64"));
    if (!newest) {
      throw new Error("the account has no image");
    }
    aws.images.unshift({ ...newest, id: "ami-0fffffffffffffff0", creationDate: "2099-01-01T00:00:00.000Z" });
    expect(steps(await account.run.preview())).toEqual([]);
  });

  it("stays in the queue's zone when the instance type is offered in an earlier zone too", async () => {
    account = await openAccount();
    const { aws } = account;
    const all = [...aws.subnets].toSorted((a, b) => a.zoneId.localeCompare(b.zoneId));
    const [first] = all;
    aws.subnets = all.slice(1);
    await account.run.up();
    const zone = [...aws.compute.volumes.values()][0]?.zone;
    expect(zone).toBe(all[1]?.zone);
    if (first) {
      aws.subnets.push(first);
    }
    expect(steps(await account.run.preview())).toEqual([]);
  });

  it("replaces the server for changed user data: new server, then the volume moves, then the old one goes", async () => {
    await bringUp();
    const queue = [...account.aws.compute.volumes.keys()];
    await account.run.configure({ relayHostName: "mta.example.com" });
    const preview = await account.run.preview();
    expect(preview.steps.find(({ name }) => name === "mail-debian13-arm64")?.op).toBe("create-replacement");
    const up = await account.run.up();
    const moves = changes(up)
      .filter(({ name }) => /debian13|attachment/.test(name))
      .filter(({ op }) => op !== "replace")
      .map(({ op, name }) => `${op} ${name}`);
    expect(moves).toEqual([
      "create-replacement mail-debian13-arm64",
      "delete-replaced mail-queue-attachment",
      "create-replacement mail-queue-attachment",
      "delete-replaced mail-debian13-arm64",
    ]);
    expect([...account.aws.compute.volumes.keys()]).toEqual(queue);
    expect(account.aws.compute.instances.size).toBe(1);
  });

  it("takes another image when one is named, and another Debian release with an image of that release", async () => {
    await bringUp();
    const { compute, images } = account.aws;
    const servers = () => [...compute.instances.values()].map(({ image }) => image.name);
    const older = images.find(({ name }) => name === "debian-13-arm64-20261027-2279");
    await account.run.configure({ relayImage: older?.id ?? "" });
    await account.run.up();
    expect(servers()).toEqual([older?.name]);
    await account.run.stack.removeConfig("relayImage");
    await account.run.configure({ relayDebian: "12" });
    await account.run.up();
    expect(servers()).toEqual(["debian-12-arm64-20261109-2292"]);
  });

  it("is refused an image that the region does not have, or that its server cannot boot", async () => {
    await bringUp();
    const x86 = account.aws.images.find(({ architecture }) => architecture === "x86_64");
    await account.run.configure({ relayImage: "ami-0123456789abcdef0" });
    expect(await failure(account.run.preview())).toContain(
      'image: "ami-0123456789abcdef0" is not found in this region',
    );
    await account.run.configure({ relayImage: x86?.id ?? "" });
    expect(await failure(account.run.preview())).toContain(
      "is an image for x86_64, and the instance type's processor is arm64",
    );
  });

  it("changes the instance type in place, and gets another server for another architecture", async () => {
    await bringUp();
    await account.run.configure({ relayInstanceType: "t4g.small" });
    expect(steps(await account.run.preview())).toEqual(["update mail-debian13-arm64"]);
    await account.run.configure({ relayInstanceType: "t3.micro" });
    expect(steps(await account.run.preview())).toEqual(
      expect.arrayContaining(["create mail-debian13-amd64", "delete mail-debian13-arm64"]),
    );
  });

  it("changes one record when the DMARC policy is raised", async () => {
    await bringUp();
    await account.run.configure({ dmarcPolicy: "quarantine" });
    const preview = await account.run.preview();
    expect(steps(preview)).toEqual(["update mail-dmarc"]);
    expect(preview.steps.find(({ name }) => name === "mail-dmarc")?.inputs.content).toContain("p=quarantine");
  });

  it("opens and closes ports for clients without touching the others", async () => {
    await bringUp({ settings: { relayClients: '["10.1.0.0/16","10.2.0.0/16"]' } });
    await account.run.configure({ relayClients: '["10.2.0.0/16"]' });
    const rules = steps(await account.run.preview()).filter((step) => step.includes("mail-in"));
    expect(rules.toSorted()).toEqual(["delete mail-in-25-10.1.0.0/16", "delete mail-in-587-10.1.0.0/16"]);
  });

  it("in a named subnet has no public address, and refuses to move to another zone", async () => {
    account = await openAccount();
    const [first, second] = account.aws.subnets;
    await account.run.configure({ relaySubnetId: first?.id ?? "" });
    await account.run.up();
    const [server] = account.aws.compute.instances.values();
    expect(server?.publicIp).toBeUndefined();
    await account.run.configure({ relaySubnetId: second?.id ?? "" });
    expect(await failure(account.run.preview())).toContain(`queue volume lies in ${first?.zone}`);
  });
});
