import { QUEUE_DIRECTORY } from "../postfix/main-cf";
import type { RelaySettings } from "../settings";
import type { ServerFile } from "./file";

/** The users with their hashed passwords (Dovecot's passwd-file): root's, and Dovecot may read it. */
export const USERS_FILE = "/etc/postfix/smarthost-users";

/** The socket below the queue directory, where Postfix finds it from its chroot too. */
export const AUTH_SOCKET = "private/auth";

/**
 * Dovecot's configuration for logins only: no IMAP, no POP3, no port. It checks passwords against hashes, so that the
 * server never has the passwords; Cyrus SASL's own table (sasldb) would keep them in clear text.
 *
 * It answers a wrong password after two seconds, later ones of the same address after up to 15 (`auth_failure_delay` and
 * the penalty, both on by default), of which Postfix waits 10 and then answers 454. It checks only where Postfix says that
 * the connection has TLS.
 */
export function dovecotFiles({ debian }: RelaySettings): ServerFile[] {
  const common = `protocols =
ssl = no
auth_mechanisms = plain login
auth_verbose = yes
service auth {
  unix_listener ${QUEUE_DIRECTORY}/${AUTH_SOCKET} {
    mode = 0600
    user = postfix
  }
}
`;
  return [
    {
      path: "/etc/dovecot/dovecot.conf",
      mode: "0644",
      content: debian === 12 ? `${common}${PASSDB_2_3}` : `${VERSION_2_4}${common}${PASSDB_2_4}`,
    },
  ];
}

/** Debian 12 has Dovecot 2.3, Debian 13 has 2.4, which reads another language. */
const PASSDB_2_3 = `passdb {
  driver = passwd-file
  args = ${USERS_FILE}
}
`;

/** The first setting has to be the version of the language. */
const VERSION_2_4 = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n";

const PASSDB_2_4 = `passdb passwd-file {
  passwd_file_path = ${USERS_FILE}
}
`;
