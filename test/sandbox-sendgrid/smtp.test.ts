import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthority } from "../../sandbox/pki";
import { createKeyText, SendGridAccount, type SendGridSmtp, startSendGridSmtp } from "../../sandbox/sendgrid";

let smtp: SendGridSmtp;
let base: Omit<Parameters<typeof startSendGridSmtp>[0], "listen">;

beforeAll(async () => {
  const authority = await createAuthority();
  base = {
    account: new SendGridAccount({ adminKey: createKeyText() }),
    resolver: async () => [],
    certificate: await authority.issue(["smtp.sendgrid.net"]),
  };
  smtp = await startSendGridSmtp({ ...base, listen: [{ address: "127.0.0.1", port: 0 }] });
});

afterAll(() => smtp.close());

/** Sends commands in clear text, one after the other's answer, and gives back the answers' lines. */
async function talk(...commands: string[]): Promise<string[]> {
  const socket: Socket = connect(smtp.addresses[0]?.port ?? 0, "127.0.0.1");
  const waiting = [...commands, "QUIT"];
  const lines: string[] = [];
  for await (const line of createInterface({ input: socket })) {
    lines.push(line);
    const next = /^\d{3} /.test(line) ? waiting.shift() : undefined;
    if (next) socket.write(`${next}\r\n`);
  }
  return lines;
}

describe("before TLS the smart host", () => {
  test("announces what SendGrid announces", async () => {
    const lines = await talk("EHLO relay.example.com");
    const extensions = lines.filter((line) => line.startsWith("250")).map((line) => line.slice(4));
    expect(extensions.slice(1).sort()).toEqual([
      "8BITMIME",
      "AUTH PLAIN LOGIN",
      "PIPELINING",
      "SIZE 31457280",
      "STARTTLS",
    ]);
  });

  test("takes neither login nor message", async () => {
    const lines = await talk(
      "EHLO relay.example.com",
      "AUTH PLAIN AGFwaWtleQB4",
      "MAIL FROM:<a@example.com>",
    );
    expect(lines.filter((line) => /^5\d\d/.test(line))).toEqual([
      expect.stringMatching(/^538 /),
      expect.stringMatching(/^530 /),
    ]);
  });
});

test("a port that is taken is refused, and none of the others stays bound", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const bound = taken.address();
  const port = typeof bound === "object" && bound ? bound.port : 0;
  const free = smtp.addresses[0]?.port ?? 0;
  await smtp.pause();
  const listen = [free, port].map((each) => ({ address: "127.0.0.1", port: each }));
  await expect(startSendGridSmtp({ ...base, listen })).rejects.toThrow("EADDRINUSE");
  await smtp.resume();
  expect((await talk("EHLO relay.example.com"))[0]).toMatch(/^220 smtp\.sendgrid\.net /);
  taken.close();
});
