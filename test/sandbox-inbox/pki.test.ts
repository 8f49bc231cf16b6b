import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:tls";
import { describe, expect, test } from "vitest";
import { createAuthority } from "../../sandbox/pki";

/** Connects to a server that has this certificate; resolves when the client accepts it. */
async function handshake(
  identity: { key: string; cert: string },
  ca: string,
  servername: string,
): Promise<void> {
  const server = createServer(identity, (socket) => socket.end());
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const socket = connect({ port, host: "127.0.0.1", ca, servername });
  try {
    await once(socket, "secureConnect");
  } finally {
    socket.destroy();
    server.close();
  }
}

describe("the sandbox's authority", () => {
  test("issues certificates that a client which trusts it accepts, for their names only", async () => {
    const authority = await createAuthority();
    const issued = await authority.issue(["smtp.sendgrid.net", "10.77.0.20"]);
    await handshake(issued, authority.ca, "smtp.sendgrid.net");
    await expect(handshake(issued, authority.ca, "smtp.example.com")).rejects.toThrow("does not match");
    await expect(handshake(issued, (await createAuthority()).ca, "smtp.sendgrid.net")).rejects.toThrow();
  });

  test("issues server certificates with names and addresses, and no authority of their own", async () => {
    const authority = await createAuthority();
    const certificate = new X509Certificate(
      (await authority.issue(["smtp.sendgrid.net", "10.77.0.20"])).cert,
    );
    expect(certificate.subjectAltName).toBe("DNS:smtp.sendgrid.net, IP Address:10.77.0.20");
    expect(certificate.ca).toBe(false);
    expect(new X509Certificate(authority.ca).ca).toBe(true);
    expect(certificate.verify(new X509Certificate(authority.ca).publicKey)).toBe(true);
  });

  test("needs a name", async () => {
    await expect((await createAuthority()).issue([])).rejects.toThrow("at least one DNS name");
  });
});
