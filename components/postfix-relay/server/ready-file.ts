/** Exists as soon as the relay accepts mail. */
export const READY_FILE = "/var/lib/smarthost/ready";
