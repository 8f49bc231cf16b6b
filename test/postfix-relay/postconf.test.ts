import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderRelay } from "../../components/postfix-relay/render-relay";
import type { RelaySettings } from "../../components/postfix-relay/settings";
import { internalHost } from "../../components/smart-hosts/internal";
import { type Unpacked, unpackedPackages } from "../mail-dns/debian-packages";
import { plainRoute } from "./any-relay-settings";
import { parameters } from "./main-cf-reader";
import { settings } from "./relay-settings";

let postfix: Unpacked;
let folder: string;
beforeAll(async () => {
  postfix = await unpackedPackages("postfix", ["postfix", "libsasl2-modules"], true);
  folder = await mkdtemp(join(tmpdir(), "postconf-"));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const postconf = (...args: string[]) =>
  execa(join(postfix.root, "usr/sbin/postconf"), ["-c", folder, ...args], {
    env: { LD_LIBRARY_PATH: `${postfix.env.LD_LIBRARY_PATH}:${join(postfix.root, "usr/lib/postfix")}` },
  });

const wrapper = { ...settings.smartHost, port: 465, tls: "wrapper" as const };
const variants: Record<string, Partial<RelaySettings>> = {
  "as little as possible": {},
  "a bounce address": { bounceAddress: "admin@example.com" },
  "senders, masquerade and hidden clients": {
    senders: ["example.com", "example.net"],
    masquerade: { "root@app01": "root@example.com", "@app01.internal": "app@example.com" },
    hideClients: true,
    bounceAddress: "admin@example.com",
  },
  "two smart hosts": {
    fallbacks: [
      { endpoint: { ...settings.smartHost, host: "in-v3.mailjet.com" }, credential: { source: "file" } },
    ],
  },
  "TLS from the first byte": { smartHost: wrapper },
  "logins and limits for clients": {
    submission: {
      users: { source: "file" },
      certificate: { source: "file" },
      senders: { app: ["example.com"], robot: ["robot@example.com"] },
    },
    clientLimits: { messagesPerMinute: 100, recipientsPerMinute: 1000, connections: 20 },
  },
  routes: {
    bounceAddress: "admin@example.com",
    masquerade: { "root@app01": "news@example.com", "root@app02": "root@news.example.com" },
    routes: [
      plainRoute,
      {
        ...plainRoute,
        name: "boss",
        senders: ["boss@example.com"],
        recipients: undefined,
        endpoint: wrapper,
      },
      { name: "corp", recipients: ["a@example.net"], endpoint: internalHost({ host: "10.0.0.5" }) },
    ],
  },
  "an internal host without a login": {
    smartHost: internalHost({ host: "10.0.0.5", tls: "encrypt" }),
    credential: undefined,
  },
};

test.each(Object.entries(variants))(
  "Postfix itself reads main.cf without a warning: %s",
  async (_, changed) => {
    const { mainCf, masterCf } = renderRelay({ ...settings, ...changed });
    await cp(join(postfix.root, "usr/share/postfix/master.cf.dist"), join(folder, "master.cf"));
    await writeFile(join(folder, "main.cf"), mainCf);
    for (const { key, line } of masterCf) {
      await postconf("-M", `${key}=${line}`);
    }
    const { stdout, stderr } = await postconf("-n");
    expect(stderr).toBe("");
    const wanted = parameters(mainCf);
    expect(parameters(stdout)).toMatchObject(wanted);
  },
);

test("a parameter that Postfix does not know would be seen", async () => {
  await writeFile(join(folder, "main.cf"), "smtpd_relay_restriction = reject\n");
  expect((await postconf("-n")).stderr).toContain("unused parameter: smtpd_relay_restriction");
});
