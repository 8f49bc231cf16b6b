import type { RelaySettings } from "../settings";
import { passwordTable, smartHostOptions, transportName } from "./main-cf";
import { routeTransports } from "./routes";
import { smallestLimit } from "./smart-host-list";
import { loginOptions } from "./submission";
import { smtpTransport } from "./transport";

/** What a queue file has beside the message, at most: a thousand recipients, each of them twice. */
const ENVELOPE_BYTES = 1_000_000;

/** One line of master.cf, in the form that `postconf -M` takes; the format is in master(5). */
export interface MasterService {
  /** `name/type`, the key of the line. */
  key: string;
  /** The line: service, type, private, unprivileged, chroot, wakeup, process limit, command and arguments. */
  line: string;
}

/**
 * The services that Debian's master.cf lacks.
 *
 * They are added after the package is installed, because Debian's master.cf differs from release to release.
 */
export function masterServices(settings: RelaySettings): MasterService[] {
  const services: MasterService[] = [
    {
      key: "submission/inet",
      line: `submission inet n - y - - smtpd -o syslog_name=postfix/submission${loginOptions(settings)}`,
    },
    // Without it `smtp_tls_connection_reuse` defers all mail ("4.7.5 Cannot start TLS").
    { key: "tlsproxy/unix", line: "tlsproxy unix - - y - 0 tlsproxy" },
  ];
  if (settings.submission !== undefined) {
    services.push({
      key: "submissions/inet",
      line: `submissions inet n - y - - smtpd -o syslog_name=postfix/submissions -o smtpd_tls_wrappermode=yes${loginOptions(settings)}`,
    });
  }
  const maxMessageBytes = smallestLimit(settings, "maxMessageBytes");
  if (maxMessageBytes !== undefined) {
    // cleanup(8) holds the whole queue file to the limit, with Received and a thousand recipients: it would refuse after DATA
    // what smtpd took by its size.
    const line = `cleanup unix n - y - 0 cleanup -o message_size_limit=${maxMessageBytes + ENVELOPE_BYTES}`;
    services.push({ key: "cleanup/unix", line });
  }
  const transport = transportName(settings);
  if (transport !== "smtp") {
    services.push({ key: `${transport}/unix`, line: smtpTransport(transport, smartHostOptions(settings)) });
  }
  return [...services, ...routeTransports(settings, ({ name }) => passwordTable(name))];
}
