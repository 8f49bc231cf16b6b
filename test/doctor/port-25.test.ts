import { describe, expect, it } from "vitest";
import { portTwentyFive } from "../../cli/doctor/port-25";
import type { MemoryZone } from "../mail-dns/spf/memory-zone";
import { DOMAIN, record, subject } from "./fake-world";
import { closedPort, loopbackWorld, scriptedHost } from "./smtp-hosts";

const zone: MemoryZone = { [DOMAIN]: [["MX", { preference: 10, exchange: "mx.example.com" }]] };

describe("port 25", () => {
  it("is open where a mail server of the domain takes a connection, which is not used", async () => {
    const { port, close } = await scriptedHost("220 ready");
    const result = await portTwentyFive.run(subject([]), loopbackWorld({ 25: port }, { zone }));
    expect(result).toMatchObject({
      status: "ok",
      findings: [],
      summary: expect.stringMatching(/^open from here: mx\./),
    });
    await close();
  });

  it("is blocked where no answer comes, which is a fact and no fault", async () => {
    const world = loopbackWorld({}, { zone, timeoutMs: 300 });
    // An address of documentation (RFC 5737), to which no network has a way.
    const dial = { ...world.dial, to: (_: string, port: number) => ({ host: "192.0.2.25", port }) };
    const { status, findings } = await portTwentyFive.run(subject([]), { ...world, dial });
    expect(status).toBe("ok");
    expect(findings).toMatchObject([
      { severity: "info", message: expect.stringContaining("are blocked from here") },
    ]);
  });

  it("that a mail server refuses is not blocked", async () => {
    const world = loopbackWorld({ 25: await closedPort() }, { zone });
    const { status, findings } = await portTwentyFive.run(subject([]), world);
    expect(status).toBe("ok");
    expect(findings).toMatchObject([{ message: expect.stringContaining("nobody took a connection") }]);
  });

  it("is tried with who takes the DMARC reports too", async () => {
    const { port, close } = await scriptedHost("220 ready");
    const dmarc = record("TXT", `_dmarc.${DOMAIN}`, "v=DMARC1; p=none; rua=mailto:r@reports.example!10m", {
      purpose: "dmarc",
    });
    const reports: MemoryZone = {
      "reports.example": [["MX", { preference: 5, exchange: "in.reports.example" }]],
    };
    const { summary } = await portTwentyFive.run(
      subject([dmarc]),
      loopbackWorld({ 25: port }, { zone: reports }),
    );
    expect(summary).toMatch(/in\.reports\.example/);
    await close();
  });

  it("can't be tried without a mail server to try it with", async () => {
    expect(await portTwentyFive.run(subject([]), loopbackWorld({}))).toMatchObject({ status: "skipped" });
  });
});
