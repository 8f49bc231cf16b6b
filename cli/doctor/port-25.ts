import { type Check, type CheckResult, type DoctorWorld, type Finding, resultOf, skipped } from "./check";
import { connectTcp } from "./smtp/connect";
import type { Subject } from "./subject";

/** This many domains' mail servers are tried, and of each the preferred ones. */
const MOST_DOMAINS = 3;
const MOST_SERVERS = 2;

/**
 * Whether TCP 25 to mail servers is open from here. Cloud providers block it in new accounts; the relay does not use it,
 * so that is a fact and no fault. Only a connection is opened and closed again.
 */
export const portTwentyFive: Check = {
  name: "port-25",
  title: "Port 25",
  async run(subject, world): Promise<CheckResult> {
    const exchangers = await mailServers(subject, world);
    if (exchangers.length === 0) {
      return skipped(
        "no mail server is known to try it with: neither the stack's domains nor those of its DMARC reports have MX records",
      );
    }
    const tries = await Promise.all(exchangers.map((host) => tryPort(host, world)));
    const open = tries.find(({ outcome }) => outcome === "open");
    if (open) {
      return resultOf([], `open from here: ${open.host} took a connection; the relay does not need it`);
    }
    const silent = tries.every(({ outcome }) => outcome === "silent");
    const list = exchangers.join(", ");
    const finding: Finding = silent
      ? {
          severity: "info",
          path: "TCP 25",
          message: `outgoing connections to port 25 are blocked from here: ${list} did not answer, which is expected in new cloud accounts and at most Internet providers`,
          next: "Nothing to do: the relay hands mail to the smart host on 587, 465 or 2525. Ask the provider to unblock 25 only for mail that goes to recipients' servers directly.",
        }
      : {
          severity: "info",
          path: "TCP 25",
          message: `nobody took a connection on port 25: ${tries.map(({ host, reason }) => `${host}: ${reason}`).join("; ")}`,
          next: "Nothing to do for the relay, which does not use it. For mail to these domains, look at their mail servers.",
        };
    return resultOf([finding], silent ? "blocked from here; the relay does not need it" : "no connection");
  },
};

interface Try {
  host: string;
  /** `silent`: the packets were dropped, or no way there is known. `answered`: refused by the host, so not blocked. */
  outcome: "open" | "silent" | "answered";
  reason: string;
}

/** What a network that lets nothing out answers itself. */
const BLOCKED = ["ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH", "EACCES", "EPERM"];

async function tryPort(host: string, { dial, resolvers }: DoctorWorld): Promise<Try> {
  try {
    const socket = await connectTcp({ host, port: 25 }, dial, resolvers[0].resolver);
    socket.destroy();
    return { host, outcome: "open", reason: "" };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const reason = error instanceof Error ? error.message : String(error);
    return { host, outcome: BLOCKED.includes(code) ? "silent" : "answered", reason };
  }
}

/** The mail servers of the stack's own domains, and of those that take its DMARC reports: nobody else's are knocked at. */
async function mailServers({ domains }: Subject, { resolvers }: DoctorWorld): Promise<string[]> {
  const published = domains.flatMap(({ records }) => records.filter(({ purpose }) => purpose === "dmarc"));
  const reported = published
    .flatMap(({ values = [] }) => values)
    .flatMap((text) => [...text.matchAll(/mailto:[^@,;\s]+@([a-z\d.-]+)/gi)])
    .map(([, domain = ""]) => domain.toLowerCase());
  const names = [...new Set([...domains.map(({ domain }) => domain), ...reported])].slice(0, MOST_DOMAINS);
  const answers = await Promise.allSettled(names.map((name) => resolvers[0].resolver.lookUp(name, "MX")));
  const exchangers = answers.flatMap((answer) =>
    answer.status === "fulfilled"
      ? answer.value.records.toSorted((a, b) => a.preference - b.preference).slice(0, MOST_SERVERS)
      : [],
  );
  // A null MX (RFC 7505) has no host.
  return [...new Set(exchangers.map(({ exchange }) => exchange))].filter((host) => host !== "");
}
