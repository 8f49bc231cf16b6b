import { CUSTOM_PORT, type RelayKind } from "../relays";
import type { Fault } from "./fault";

const MESSAGES = 20;

/** Mail without any fault, on each port to the smart host. */
export const PLAIN_PATHS: readonly Fault[] = [
  plain("plain-587", "submission", 587, "port 587, STARTTLS"),
  plain("plain-2525", "fallback", 2525, "port 2525, STARTTLS"),
  plain("plain-465", "wrapper", 465, "port 465, TLS from the first byte; queue on the root disk"),
  plain("plain-custom-port", "custom", CUSTOM_PORT, `port ${CUSTOM_PORT}, STARTTLS`),
];

function plain(name: string, relay: RelayKind, port: number, title: string): Fault {
  return {
    name,
    title,
    relay,
    async run(trial) {
      await trial.load(MESSAGES);
      await trial.load(MESSAGES, { port: 587, tls: "starttls" });
      await trial.settle();
      const taken = trial.taken();
      trial.check(
        `all mail goes to port ${port}`,
        taken.length > 0 && taken.every((each) => each.port === port),
      );
      trial.check(
        "all mail is encrypted by TLS 1.2 or newer",
        taken.every(({ tls }) => /^TLSv1\.[23]$/.test(tls)),
      );
      trial.check(
        "all mail comes logged in",
        taken.every(({ user }) => user === "apikey"),
      );
    },
  };
}
