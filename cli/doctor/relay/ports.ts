import { isIP } from "node:net";
import { plainText } from "../../plain-text";
import type { DoctorWorld, Finding } from "../check";
import { type ProbeResult, probeSmtp } from "../smtp/probe";
import { failureFinding, refusalFinding } from "../smtp/probe-findings";
import type { RelayTarget } from "../subject";

/** One side of the relay, looked at. */
export interface Look {
  /** False where it could not be looked at; the summary says why, and what would help. */
  seen: boolean;
  findings: Finding[];
  summary: string;
}

/** A relay that is there. */
export type MadeRelay = RelayTarget & { host: string };

type Failed = Extract<ProbeResult, { kind: "failed" }>;

/** Whether the relay takes sessions from here, as its clients begin them, on each of its ports. */
export async function lookAtPorts(target: MadeRelay, world: DoctorWorld): Promise<Look> {
  const { host, ports } = target;
  const probes = await Promise.all(
    ports.map(async (port) => ({ port, result: await probeSmtp({ host, port, tls: "starttls" }, world) })),
  );
  const failures = probes.flatMap(({ result }) => (result.kind === "failed" ? [result] : []));
  if (failures.length === probes.length && failures.every(isOutOfReach)) {
    return {
      seen: false,
      findings: [],
      summary: `${host} is not reachable from here: its clients alone reach it. Run it from one of them, or give --instance, --ssh or --local for its queue`,
    };
  }
  const findings = probes.flatMap(({ port, result }) => portFindings(`${host}:${port}`, port, result));
  const banners = probes.flatMap(({ result }) =>
    result.kind === "spoke" ? [plainText(result.session.banner.lines[0] ?? "").split(" ")[0] ?? ""] : [],
  );
  const names = [...new Set(banners)].join(", ");
  const open = probes.length - failures.length;
  return {
    seen: true,
    findings: sameOnAllPorts(findings, host, ports),
    summary: `${host} takes sessions on ${open} of ${ports.length} ports${names && ` as ${names}`}`,
  };
}

/** Its security group drops what does not come from its clients; an address of a private network leads nowhere here. */
function isOutOfReach({ step, code }: Failed): boolean {
  return step === "resolve" || ["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"].includes(code);
}

function portFindings(path: string, port: number, result: ProbeResult): Finding[] {
  if (result.kind === "failed") {
    // The other ports answer, so this one is not let in: nothing is wrong on the server.
    return isOutOfReach(result)
      ? [
          {
            severity: "info",
            path,
            message: `port ${port} is not open from here, and others are`,
            next: "Nothing to do where clients use the others; the relay's security group says who may use which.",
          },
        ]
      : [
          failureFinding(path, result, {
            connect:
              "Look on the relay: `sudo systemctl status postfix smarthost-setup`, and start it again.",
            speak: "Look at the relay's log: `sudo journalctl -t postfix/smtpd -t postfix/master`.",
          }),
        ];
  }
  const { session } = result;
  const refused = refusalFinding(path, session.banner);
  if (refused) {
    return [{ ...refused, next: "Run it from an address among the relay's `clients`, or look at its log." }];
  }
  return session.tls
    ? []
    : [
        {
          severity: "warning",
          path,
          message: session.refusedTls
            ? `the relay refuses STARTTLS: ${session.refusedTls.code} ${plainText(session.refusedTls.lines.join(" "))}`
            : "the relay offers no STARTTLS, so its clients' mail crosses the network in clear text",
          next: "Look for smtpd_tls in the relay's log: its certificate is made at the first boot by smarthost-setup.",
        },
      ];
}

/** What is wrong on every port is one finding, about the host. */
function sameOnAllPorts(findings: Finding[], host: string, ports: readonly number[]): Finding[] {
  const [first] = findings;
  const isSame = findings.every(
    ({ message, severity }) => message === first?.message && severity === first.severity,
  );
  const address = isIP(host) === 6 ? `[${host}]` : host;
  return first && ports.length > 1 && findings.length === ports.length && isSame
    ? [{ ...first, path: `${address}:${ports.join(",")}` }]
    : findings;
}
