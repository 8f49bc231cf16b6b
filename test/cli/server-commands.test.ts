import { execa } from "execa";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { argumentsOf, onDebian, shellLine } from "../../cli/server/command";
import { flushQueue, listQueue, mailLog, submit, superviseQueue } from "../../cli/server/commands";
import { parseQueueIds } from "../../cli/server/queue-id";

describe("queue ids", () => {
  it.each(["2E7BB9E6AC4", "4Xc0dQ3kzLz1Wm", "ABCDEF"])("%s is one", (id) => {
    expect(parseQueueIds([id])).toEqual([id]);
  });

  it("are named once", () => {
    expect(parseQueueIds(["ABCDEF1", "ABCDEF2", "ABCDEF1"])).toEqual(["ABCDEF1", "ABCDEF2"]);
  });

  it.each(["ALL", "-", "", "ABCDE", "ABCDEF;id", "$(reboot)", "ABCDEF\nALL", "ÄBCDEF1", "A".repeat(21)])(
    "%j is none",
    (word) => {
      expect(() => parseQueueIds(["ABCDEF1", word])).toThrow(`${JSON.stringify(word)}: no queue id`);
    },
  );

  it("that are wrong are all named in one error", () => {
    expect(() => parseQueueIds(["a b", "ABCDEF", "x"])).toThrow('"a b", "x": no queue id');
  });
});

describe("commands for the server", () => {
  const commands = [
    listQueue(),
    flushQueue([]),
    flushQueue(["ABCDEF1"]),
    superviseQueue("hold", "all"),
    superviseQueue("delete", ["ABCDEF1", "ABCDEF2"]),
    submit({ from: "a.b+c@example.com", to: "-d@example.org" }, "text"),
    mailLog("smarthost-test-1"),
  ];

  it("are the same for a shell as they are without one", async () => {
    for (const command of commands) {
      const line = shellLine({ ...command, input: undefined, each: undefined }, () => "printf");
      const { words } = argumentsOf({ ...command, each: undefined }, () => "printf");
      const echo = (script: string) =>
        execa("sh", ["-c", `printf() { for w; do echo "<$w>"; done; }\n${script}`]);
      expect((await echo(line)).stdout).toBe(
        words
          .slice(1)
          .map((word) => `<${word}>`)
          .join("\n"),
      );
    }
  });

  it("have programs by their path, because a login over SSH does not find them", () => {
    for (const command of commands) {
      expect(argumentsOf(command, onDebian).words[0]).toMatch(/^\/usr\//);
    }
  });

  it("with a word that a shell reads otherwise are not built", () => {
    const isPlain = (word: string) => /^[A-Za-z0-9_@%+=:,./-]+$/.test(word);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (word) => {
        fc.pre(!isPlain(word));
        expect(() => shellLine({ program: "postqueue", args: ["-i", word] }, onDebian)).toThrow();
        expect(() => shellLine(flushQueue([word]), onDebian)).toThrow();
      }),
    );
  });

  it("keep any input as it is on its way through a shell", async () => {
    const texts = fc.sample(fc.string({ unit: "binary", minLength: 1 }), 20);
    for (const input of [...texts, "$(id) 'a' \"b\" `c` \\\r\n.\r\n"]) {
      const line = shellLine({ program: "sendmail", args: [], input }, () => "cat");
      expect((await execa("sh", ["-c", line], { stripFinalNewline: false })).stdout).toBe(
        Buffer.from(input).toString(),
      );
    }
  });

  it("run once for each id", async () => {
    const line = shellLine(flushQueue(["ABCDEF1", "ABCDEF2"]), () => "/bin/echo");
    expect((await execa("sh", ["-c", line])).stdout).toBe("-i ABCDEF1\n-i ABCDEF2");
  });
});
