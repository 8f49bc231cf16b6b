import { transportName } from "./main-cf";
import type { RelaySettings } from "./settings";

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
      line: "submission inet n - y - - smtpd -o syslog_name=postfix/submission",
    },
    // Without it `smtp_tls_connection_reuse` defers all mail ("4.7.5 Cannot start TLS").
    { key: "tlsproxy/unix", line: "tlsproxy unix - - y - 0 tlsproxy" },
  ];
  const transport = transportName(settings);
  if (transport !== "smtp") {
    services.push({
      key: `${transport}/unix`,
      line: `${transport} unix - - y - - smtp -o smtp_tls_wrappermode=yes`,
    });
  }
  return services;
}
