import fc from "fast-check";
import { expect, test } from "vitest";
import { SmtpSession } from "../../bench/relay/smtp-session";

const plain = Buffer.from("\0user\0password").toString("base64");

/** What a session answers to a text that comes in the given pieces. */
function talk(pieces: readonly Buffer[], secure = true) {
  const heard = { replies: "", messages: [] as number[], startTls: 0, ended: 0 };
  const session = new SmtpSession(
    { secure, plain },
    {
      write: (reply) => {
        heard.replies += reply;
      },
      startTls: () => {
        heard.startTls++;
      },
      message: (bytes) => heard.messages.push(bytes),
      end: () => {
        heard.ended++;
      },
    },
  );
  for (const piece of pieces) {
    session.receive(piece);
  }
  return heard;
}

const mail = "MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n";
const texts = ["Subject: x\r\n\r\na\r\n.b\r\n..\r\n.\r\n", ".\r\n", "no line break.\r\n.\r\n"];
const whole = Buffer.from(
  `EHLO a\r\nAUTH PLAIN ${plain}\r\n${texts.map((text) => mail + text).join("RSET\r\n")}QUIT\r\n`,
);

test("a session is the same however the network cuts it", () => {
  const expected = talk([whole]);
  expect(expected).toMatchObject({ messages: texts.map((text) => text.length), ended: 1 });
  expect(expected.replies.match(/^354 /gm)).toHaveLength(3);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: whole.length })), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
      const pieces = places.slice(1).map((end, index) => whole.subarray(places[index], end));
      expect(talk(pieces)).toEqual(expected);
    }),
  );
});

test("mail is refused without a login, and a login without TLS", () => {
  expect(talk([Buffer.from(`EHLO a\r\n${mail}`)]).replies).toMatch(/530 5\.7\.0 .*\r\n503 .*\r\n503 /);
  expect(talk([Buffer.from(`AUTH PLAIN ${plain}\r\n`)], false).replies).toMatch(/^535 /);
  expect(talk([Buffer.from("AUTH PLAIN eHh4\r\n")]).replies).toMatch(/^535 /);
});

test("what was sent before the TLS handshake is dropped", () => {
  const heard = talk([Buffer.from("STARTTLS\r\nNOOP\r\n")], false);
  expect(heard).toMatchObject({ startTls: 1, replies: "220 2.0.0 Ready to start TLS\r\n" });
});
