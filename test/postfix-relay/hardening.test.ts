import { expect, test } from "vitest";
import { renderRelay } from "../../components/postfix-relay/render-relay";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { createAuthority } from "../../sandbox/pki";
import { settings } from "./relay-settings";
import { RunningPostfix } from "./running-postfix";

const UNITS = "/etc/systemd/system";
const content = (given: RelaySettings, path: string) =>
  renderRelay(given).files.find((file) => file.path === path)?.content ?? "";
const setup = (given: RelaySettings) => content(given, "/usr/local/sbin/smarthost-setup");

test("every unit of the relay's own gives up new privileges, by one drop-in for their common name", () => {
  expect(content(settings, `${UNITS}/smarthost-.service.d/all.conf`)).toContain("NoNewPrivileges=yes\n");
  const units = renderRelay({ ...settings, metrics: true }).files.filter(({ path }) =>
    /^\/etc\/systemd\/system\/[^/]+\.service$/.test(path),
  );
  expect(units.map(({ path }) => path)).toEqual(
    units.map(() => expect.stringMatching(/\/smarthost-\w+\.service$/)),
  );
});

test("what handles passwords writes to Postfix's configuration, /run and /var only", () => {
  const strict = content(settings, `${UNITS}/smarthost-credential.service.d/strict.conf`);
  expect(strict).toContain("ProtectSystem=strict\nReadWritePaths=/etc/postfix /run /var\n");
  expect(strict).toContain("CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_SETGID CAP_SETUID\n");
});

test("with a password from a file, its folder can be made, for root alone", () => {
  const strict = content(
    { ...settings, credential: { source: "file" } },
    `${UNITS}/smarthost-credential.service.d/strict.conf`,
  );
  expect(strict).toContain("ConfigurationDirectory=smarthost\nConfigurationDirectoryMode=700\n");
});

test("the unit for metrics has the same drop-in, and nothing is shared where there is none", () => {
  expect(setup({ ...settings, metrics: true })).toContain(
    `cp -rT ${UNITS}/smarthost-credential.service.d ${UNITS}/smarthost-metrics.service.d\n`,
  );
  expect(setup(settings)).not.toContain("cp -rT");
});

test("the journal is bounded at once, not after the next restart", () => {
  expect(content(settings, "/etc/systemd/journald.conf.d/smarthost.conf")).toBe(
    "[Journal]\nSystemMaxUse=1G\nRateLimitIntervalSec=0\n",
  );
  expect(setup(settings)).toContain("\nsystemctl restart systemd-journald\n");
});

test("connections that are dead end after 100 seconds, from the first message on", () => {
  expect(content(settings, "/etc/sysctl.d/smarthost.conf")).toBe("net.ipv4.tcp_retries2 = 8\n");
  expect(setup(settings)).toContain("\n/usr/lib/systemd/systemd-sysctl smarthost.conf || :\n");
});

test("no name comes by multicast, from the first message on", () => {
  expect(content(settings, "/etc/systemd/resolved.conf.d/smarthost.conf")).toBe(
    "[Resolve]\nLLMNR=no\nMulticastDNS=no\n",
  );
  expect(setup(settings)).toContain("\nsystemctl try-restart systemd-resolved || :\n");
});

const asRoot = process.getuid?.() === 0;

test.runIf(asRoot || process.env.CI === "true")(
  "Postfix's log has nothing of a message's content, also where header fields are taken out",
  async () => {
    const smartHost = { ...settings.smartHost, host: "localhost", port: 9 };
    const relay = await RunningPostfix.start(
      { ...settings, smartHost, hideClients: true },
      { ca: (await createAuthority()).ca, passwords: "" },
    );
    try {
      const header = ["Received: from app01.internal", "X-Originating-IP: 10.1.2.3", "X-Key: 314159265"];
      const raw = [...header, "Subject: the-subject", "Message-ID: <1@app01>", "", "the-body", ""].join(
        "\r\n",
      );
      await relay.send({ from: "app@example.com", to: "someone@example.org" }, raw);
      await relay.until("it was tried", async () => (await relay.log()).includes("status=deferred"));
      const log = await relay.log();
      expect(log).toContain("message-id=<1@app01>");
      expect(log).toContain("replace: header Received: from app01 ");
      expect(log).not.toMatch(/the-subject|the-body|314159265/);
    } finally {
      await relay.stop();
    }
  },
  120_000,
);
