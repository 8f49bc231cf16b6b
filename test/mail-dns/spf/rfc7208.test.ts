import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dnsResolver } from "../../../components/mail-dns/dns-resolver";
import { checkHost } from "../../../components/mail-dns/spf/evaluate";
import { rfc7208Suite } from "./rfc7208-suite";
import { serveZone, type ZoneServer } from "./zone-server";

/** For what the suite wants to time out; loopback answers within a few milliseconds. */
const PATIENCE = { timeoutMs: 600, attempts: 2 };

describe("the RFC 7208 test suite", async () => {
  const scenarios = await rfc7208Suite();

  it("has its 203 cases", () => {
    expect(scenarios.flatMap(({ tests }) => Object.keys(tests))).toHaveLength(203);
  });

  describe.concurrent.each(scenarios)("$description", ({ tests, zone }) => {
    let server: ZoneServer;
    beforeAll(async () => {
      server = await serveZone(zone);
    });
    afterAll(() => server.close());

    it.each(Object.entries(tests))("%s", async (_, { host, mailfrom, helo, result, explanation }) => {
      const resolver = dnsResolver({ servers: [server.address], ...PATIENCE });
      const check = await checkHost({ ip: host, sender: mailfrom, helo }, resolver);
      expect(check.result, check.reason).toBe(result[0]);
      if (explanation !== undefined) {
        expect(check.explanation ?? "DEFAULT").toBe(explanation);
      }
    });
  });
});
