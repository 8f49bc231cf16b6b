import { beforeAll, describe, expect, it } from "vitest";
import { smartHost } from "../../cli/doctor/smart-host";
import type { SmartHostTarget } from "../../cli/doctor/subject";
import { type Authority, createAuthority } from "../../sandbox/pki";
import { subject } from "./fake-world";
import { closedPort, HOST, loopbackWorld, openHosts, scriptedHost, selfSigned, smtpHost } from "./smtp-hosts";

const DAY_MS = 86_400_000;

let authority: Authority;
let stranger: Authority;
beforeAll(async () => {
  [authority, stranger] = await Promise.all([createAuthority(), createAuthority()]);
});

const open = openHosts();

/** Looks at the smart host on this port of loopback. */
const look = (port: number, tls: SmartHostTarget["tls"] = "starttls", timeoutMs?: number) => {
  const number = tls === "wrapper" ? 465 : 587;
  const stack = subject([], { smartHosts: [{ host: HOST, port: number, tls }] });
  return smartHost.run(
    stack,
    loopbackWorld({ [number]: port }, { ca: [authority.ca], ...(timeoutMs && { timeoutMs }) }),
  );
};
const messages = async (port: number, tls?: SmartHostTarget["tls"], timeoutMs?: number) =>
  (await look(port, tls, timeoutMs)).findings.map(({ severity, message }) => `${severity}: ${message}`);

describe("a smart host that is well", () => {
  it("is green by STARTTLS, with TLS version, size and the time to its greeting", async () => {
    const port = await open(
      smtpHost({ ...(await authority.issue([HOST])), size: 31_457_280, allowInsecureAuth: false }),
    );
    const { status, summary } = await look(port);
    expect(status).toBe("ok");
    expect(summary).toMatch(
      /^smtp\.example\.net:587: TLSv1\.3, certificate verified, greeting after \d+ ms, messages up to 31\.5 MB$/,
    );
  });

  it("is green by the TLS wrapper", async () => {
    const port = await open(smtpHost({ ...(await authority.issue([HOST])), secure: true }));
    expect(await look(port, "wrapper")).toMatchObject({ status: "ok", findings: [] });
  });

  it("without TLS is what the level `may` takes, and no other", async () => {
    const port = await open(smtpHost({ hideSTARTTLS: true, authOptional: true }));
    expect(await messages(port, "may")).not.toContainEqual(expect.stringMatching(/^error/));
    expect(await messages(port)).toContainEqual(expect.stringMatching(/^error: STARTTLS is not offered/));
  });
});

describe("a certificate that Postfix would not take is named for what it is:", () => {
  it("expired", async () => {
    const valid = { notBefore: new Date(Date.now() - 9 * DAY_MS), notAfter: new Date(Date.now() - DAY_MS) };
    const port = await open(smtpHost(await authority.issue([HOST], valid)));
    expect(await messages(port)).toContainEqual(
      expect.stringMatching(/^error: its certificate has expired \(on 2/),
    );
  });

  it("for another name", async () => {
    const port = await open(smtpHost(await authority.issue(["mail.example.org"])));
    expect(await messages(port)).toContainEqual(
      "error: its certificate is for another host (it is for DNS:mail.example.org, and not for smtp.example.net)",
    );
  });

  it("expired and for another name, both", async () => {
    const valid = { notBefore: new Date(Date.now() - 9 * DAY_MS), notAfter: new Date(Date.now() - DAY_MS) };
    const port = await open(smtpHost(await authority.issue(["mail.example.org"], valid)));
    const found = (await messages(port)).filter((message) => message.startsWith("error"));
    expect(found).toEqual([expect.stringContaining("expired"), expect.stringContaining("another host")]);
  });

  it("self-signed", async () => {
    const port = await open(smtpHost(await selfSigned(HOST)));
    expect(await messages(port)).toContainEqual(
      expect.stringMatching(/^error: its certificate is self-signed/),
    );
  });

  it("signed by an authority that nobody trusts", async () => {
    const port = await open(smtpHost(await stranger.issue([HOST])));
    expect(await messages(port)).toContainEqual(
      expect.stringMatching(
        /^error: .* authority that is not trusted here \(issuer Sandbox, Sandbox root; UNABLE_TO_/,
      ),
    );
  });

  it("about to end, which is a warning", async () => {
    const valid = { notBefore: new Date(Date.now() - 89 * DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
    const port = await open(smtpHost(await authority.issue([HOST], valid)));
    expect(await look(port)).toMatchObject({ status: "warning" });
  });

  it("and none of it matters to the level `encrypt`, which verifies nothing", async () => {
    const port = await open(smtpHost(await selfSigned("other.example")));
    expect((await messages(port, "encrypt")).filter((each) => each.startsWith("error"))).toEqual([]);
  });
});

describe("a smart host that can't be used is told by the step at which the session ends:", () => {
  it("nothing listens", async () => {
    expect(await messages(await closedPort())).toEqual([
      expect.stringMatching(/^error: the connection is refused/),
    ]);
  });

  it("it says nothing", async () => {
    const port = await open(scriptedHost());
    expect(await messages(port, "starttls", 300)).toEqual([
      "error: the session broke off at greeting: no reply within 0.3 s",
    ]);
  });

  it("it speaks another protocol", async () => {
    const port = await open(scriptedHost("HTTP/1.1 400 Bad Request"));
    expect(await messages(port)).toEqual([
      expect.stringMatching(/^error: .*at greeting: this is no SMTP: "HTTP/),
    ]);
  });

  it("it sends this address away", async () => {
    const port = await open(scriptedHost("554-blocked", "554 see https://blocked.example"));
    expect(await messages(port)).toEqual([
      "error: the server sends this address away: 554 blocked see https://blocked.example",
    ]);
  });

  it("it refuses STARTTLS", async () => {
    const replies = ["220 ready", "250-hello", "250 STARTTLS", "454 TLS not available"];
    const port = await open(scriptedHost(...replies));
    expect(await messages(port)).toEqual(["error: STARTTLS is offered and refused: 454 TLS not available"]);
  });

  it("it has STARTTLS where the wrapper is expected", async () => {
    const port = await open(smtpHost(await authority.issue([HOST])));
    expect(await messages(port, "wrapper")).toEqual([
      expect.stringMatching(/^error: TLS could not be begun/),
    ]);
  });

  it("it offers no login behind TLS", async () => {
    const port = await open(smtpHost({ ...(await authority.issue([HOST])), disabledCommands: ["AUTH"] }));
    expect(await messages(port)).toEqual([
      expect.stringMatching(/^error: no login \(AUTH\) is offered behind TLS/),
    ]);
  });

  it("its name has no address", async () => {
    const stack = subject([], { smartHosts: [{ host: HOST, port: 587, tls: "starttls" }] });
    const world = loopbackWorld({});
    const { findings } = await smartHost.run(stack, {
      ...world,
      dial: { ...world.dial, to: (host, port) => ({ host, port }) },
    });
    expect(findings).toMatchObject([{ message: expect.stringContaining("has no address") }]);
  });
});

it("a stack without a relay has no smart host to look at", async () => {
  expect(await smartHost.run(subject([]), loopbackWorld({}))).toMatchObject({ status: "skipped" });
});

it("a login that is offered in clear text is told and is no fault", async () => {
  const port = await open(smtpHost({ ...(await authority.issue([HOST])), allowInsecureAuth: true }));
  expect(await look(port)).toMatchObject({
    status: "ok",
    findings: [{ severity: "info", message: expect.stringContaining("in clear text too") }],
  });
});
