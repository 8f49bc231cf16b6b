import type * as z from "zod";
import { type Fault, under } from "../components/faults";
import type { RelayPassword } from "../components/postfix-relay/aws/relay-password";
import type { PostfixRelayArgs } from "../components/postfix-relay/postfix-relay";
import type { PostfixRelayArguments } from "./arguments";
import { exactlyOne } from "./exactly-one";
import { type MadeSmartHost, renamed, smartHostOf } from "./smart-host";

/** What is said of a server, with or without a smart host beside it. */
export type ServerArguments = Omit<z.output<typeof PostfixRelayArguments>, "hostName" | "smartHost">;

/** A server as `PostfixRelay` takes it, and how its faults are called in this package. */
export interface RelayServer {
  args: Omit<PostfixRelayArgs, "hostName" | "smartHost" | "password">;
  /** What is wrong with the form of the arguments; paths begin at the server. */
  faults: Fault[];
  /** Faults of the component, with paths that begin at the server, in the words of this package. */
  rename(faults: readonly Fault[]): Fault[];
}

/** The server that the arguments describe. */
export function relayServerOf(given: ServerArguments): RelayServer {
  const faults: Fault[] = [];
  const fallbacks = (given.fallbacks ?? []).map((each, index) =>
    smartHostOf(each, `fallbacks[${index}]`, faults),
  );
  const routes = (given.routes ?? []).map(({ smartHost, ...route }, index) => ({
    route,
    made: smartHostOf(smartHost, `routes[${index}].smartHost`, faults),
  }));
  const { debian = 13, submission, upgrades } = given;
  if (debian !== 12 && debian !== 13) {
    const reason = "is not a release that the relay is tested with";
    faults.push({ path: "debian", value: String(debian), reason, next: "Use 13 or 12." });
  }
  return {
    args: {
      ...given,
      debian: debian === 12 ? 12 : 13,
      fallbacks: given.fallbacks && fallbacks.map(({ endpoint, password }) => ({ endpoint, password })),
      routes:
        given.routes &&
        routes.map(({ route, made: { endpoint, password } }) => ({ ...route, endpoint, password })),
      submission: submission && submissionOf(submission, faults),
      upgrades: upgrades && upgradesOf(upgrades),
    },
    faults,
    rename: (own) => {
      const hosts: [place: string, path: string, host: MadeSmartHost][] = [
        ...fallbacks.map((host, index) => [`fallbacks[${index}]`, `fallbacks[${index}]`, host] as const),
        ...routes.map(({ made }, index) => [`routes[${index}]`, `routes[${index}].smartHost`, made] as const),
      ].map(([place, path, host]) => [place, path, host]);
      return hosts.reduce<Fault[]>(
        (all, [place, path, host]) =>
          renamed(all, { endpoint: `${place}.endpoint`, password: `${place}.password` }, path, host),
        [...own],
      );
    },
  };
}

function submissionOf(given: NonNullable<ServerArguments["submission"]>, faults: Fault[]) {
  const { users, usersSecret, certificate, certificateSecret, ...submission } = given;
  faults.push(
    ...under("submission", [
      ...exactlyOne({ users, usersSecret }, "users", ["users", "usersSecret"]),
      ...exactlyOne({ certificate, certificateSecret }, "certificate", ["certificate", "certificateSecret"]),
    ]),
  );
  const one = (text: RelayPassword | undefined, secret: RelayPassword | undefined): RelayPassword =>
    secret ?? text ?? "";
  return { ...submission, users: one(users, usersSecret), certificate: one(certificate, certificateSecret) };
}

function upgradesOf({ enabled = true, reboot = true, rebootAt }: NonNullable<ServerArguments["upgrades"]>) {
  return enabled && { rebootAt: reboot && rebootAt };
}
