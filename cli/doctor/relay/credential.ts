import { plainText } from "../../plain-text";
import type { Finding } from "../check";

/** What systemd knows of the unit that fetches the password: `systemctl show`, systemctl(1). */
export interface CredentialUnit {
  /** `loaded`, or `not-found` on a server without a login. */
  loadState: string;
  /** `success`, or how the last run failed: `exit-code`, `timeout`. */
  result: string;
  /** `activating` while it runs or waits for its next try. */
  activeState: string;
  /** `auto-restart` while it waits after a failure. */
  subState: string;
}

/** Reads the lines `Property=value`. */
export function parseUnit(output: string): CredentialUnit {
  const properties = new Map(
    output.split("\n").map((line): [string, string] => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1).trim()];
    }),
  );
  const get = (name: string) => properties.get(name) ?? "";
  return {
    loadState: get("LoadState"),
    result: get("Result"),
    activeState: get("ActiveState"),
    subState: get("SubState"),
  };
}

/** A server that does not get its password keeps the mail. */
export function credentialFindings({ loadState, result, activeState, subState }: CredentialUnit): Finding[] {
  const fails =
    result !== "success" && result !== "" && (activeState !== "activating" || subState === "auto-restart");
  return loadState === "loaded" && fails
    ? [
        {
          severity: "error",
          path: "smarthost-credential.service",
          message: `the relay does not get the smart host's password (last result: ${plainText(result)}); it goes on with the one it has, and keeps mail without one`,
          next: "Read why on the relay: `sudo journalctl -u smarthost-credential`. Most often the parameter is missing or empty, or the instance's role may not read it.",
        },
      ]
    : [];
}
