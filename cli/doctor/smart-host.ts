import { plainText } from "../plain-text";
import { type Check, type CheckResult, type DoctorWorld, type Finding, resultOf, skipped } from "./check";
import { probeSmtp, type SmtpSession } from "./smtp/probe";
import { certificateFindings, failureFinding, refusalFinding } from "./smtp/probe-findings";
import type { SmartHostTarget } from "./subject";

/**
 * Whether every smart host takes a session from here as the relay would begin one: reached on its port, TLS with a
 * verified certificate, and a login offered behind it. Nothing is logged in, and no mail is sent.
 */
export const smartHost: Check = {
  name: "smart-host",
  title: "Smart host",
  async run({ smartHosts }, world): Promise<CheckResult> {
    if (smartHosts.length === 0) {
      return skipped("the stack has no relay, so no smart host is known");
    }
    const looks = await Promise.all(smartHosts.map((target) => look(target, world)));
    return resultOf(
      looks.flatMap(({ findings }) => findings),
      looks.map(({ summary }) => summary).join("; "),
    );
  },
};

/** One host, looked at. */
interface Look {
  findings: Finding[];
  summary: string;
}

async function look(target: SmartHostTarget, world: DoctorWorld): Promise<Look> {
  const { host, port, tls } = target;
  const path = `${host}:${port}`;
  const probed = await probeSmtp({ host, port, tls: tls === "wrapper" ? "wrapper" : "starttls" }, world);
  if (probed.kind === "failed") {
    const finding = failureFinding(path, probed, {
      connect: `Send from a network that lets TCP ${port} out, or set the smart host to another of its ports (587, 2525, 465); mail waits on the relay meanwhile.`,
      speak: `See the smart host's status page, and whether ${port} is a port of its with ${tls === "wrapper" ? "TLS from the first octet" : "STARTTLS"}.`,
    });
    return { findings: [finding], summary: `${path} is not usable from here` };
  }
  const { session } = probed;
  const refused = refusalFinding(path, session.banner);
  const findings = refused ? [refused] : sessionFindings(target, path, session, world.now());
  const details = [
    session.tls?.version ?? "no TLS",
    ...(session.tls && session.tls.certificate.faults.length === 0 ? ["certificate verified"] : []),
    `greeting after ${session.greetingMs} ms`,
    ...sizeOf(session),
  ];
  return { findings, summary: `${path}: ${details.join(", ")}` };
}

function sessionFindings(
  { host, tls }: SmartHostTarget,
  path: string,
  session: SmtpSession,
  now: Date,
): Finding[] {
  const error = (message: string, next: string): Finding => ({ severity: "error", path, message, next });
  if (session.refusedTls) {
    const said = plainText(session.refusedTls.lines.join(" "));
    return [
      error(
        `STARTTLS is offered and refused: ${session.refusedTls.code} ${said}`,
        "Try again later; if it stays, ask the smart host's operator. The relay sends nothing in clear text.",
      ),
    ];
  }
  if (!session.tls) {
    return tls === "may"
      ? []
      : [
          error(
            "STARTTLS is not offered, and the relay sends nothing in clear text: its mail waits",
            "Check the port: 587 and 2525 take STARTTLS, 465 takes TLS from the first octet. If the port is right, something between here and the host removes the offer.",
          ),
        ];
  }
  // The levels `may` and `encrypt` verify nothing, by the operator's own choice.
  const verifies = tls === "starttls" || tls === "wrapper";
  return [
    ...(verifies ? certificateFindings(path, host, session.tls.certificate, now) : []),
    ...(verifies && !session.extensions.has("AUTH")
      ? [
          error(
            "no login (AUTH) is offered behind TLS, so the relay can't present its credential",
            "Check the port: 25 takes mail for the host's own users, 587 and 465 take logins.",
          ),
        ]
      : []),
    ...(session.inClear.has("AUTH")
      ? [
          {
            severity: "info" as const,
            path,
            message: "a login (AUTH) is offered in clear text too; the relay logs in behind TLS only",
            next: "Nothing to do for the relay. Have other clients of this host require TLS.",
          },
        ]
      : []),
  ];
}

/** `messages up to 31.5 MB`; nothing where SIZE (RFC 1870) has no number. */
function sizeOf({ extensions }: SmtpSession): string[] {
  const size = Number(extensions.get("SIZE") ?? "");
  return size > 0 ? [`messages up to ${(size / 1_000_000).toFixed(1)} MB`] : [];
}
