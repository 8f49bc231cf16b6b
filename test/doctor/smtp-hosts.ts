import "reflect-metadata";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";
import type { SMTPServerOptions } from "smtp-server";
import { afterEach } from "vitest";
import type { DoctorWorld } from "../../cli/doctor/doctor-world";
import type { IssuedCertificate } from "../../sandbox/pki";
import { listenSmtp } from "../../sandbox/smtp-listener";
import { type FakeWorld, fakeWorld } from "./fake-world";

/** The name of the smart host in these tests; it leads to loopback. */
export const HOST = "smtp.example.net";

/** A server on loopback. */
export interface TestHost {
  port: number;
  close(): Promise<void>;
}

/** A real SMTP server. */
export async function smtpHost(options: SMTPServerOptions): Promise<TestHost> {
  return await listenSmtp(
    { authMethods: ["PLAIN"], name: HOST, ...options },
    { address: "127.0.0.1", port: 0 },
  );
}

/** A TCP server that says these lines when it is connected, and then nothing. */
export async function scriptedHost(...lines: string[]): Promise<TestHost> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => {}).resume();
    socket.write(lines.map((line) => `${line}\r\n`).join(""));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound ? bound.port : 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A port of loopback on which nothing listens. */
export async function closedPort(): Promise<number> {
  const { port, close } = await scriptedHost();
  await close();
  return port;
}

/** A world in which every host is at loopback, on the port that is given for its own. */
export function loopbackWorld(
  ports: Record<number, number>,
  { ca = [], timeoutMs = 20_000, ...world }: FakeWorld & { ca?: string[]; timeoutMs?: number } = {},
): DoctorWorld {
  return {
    ...fakeWorld(world),
    dial: { to: (_host, port) => ({ host: "127.0.0.1", port: ports[port] ?? port }), ca, timeoutMs },
    now: () => new Date(),
  };
}

/** A certificate that nobody signed but itself. */
export async function selfSigned(name: string): Promise<IssuedCertificate> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: [new SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
  });
  const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
    cert: certificate.toString("pem"),
  };
}

/** For a file of tests: starts hosts, and closes them after each test. @returns what gives a host's port */
export function openHosts(): (starting: Promise<TestHost>) => Promise<number> {
  const opened: TestHost[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((host) => host.close()));
  });
  return async (starting) => {
    const host = await starting;
    opened.push(host);
    return host.port;
  };
}
