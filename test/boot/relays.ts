import type { RelaySettings } from "../../components/postfix-relay/settings";
import type { BootedRelay, BootOptions } from "./booted-relay";
import { PASSWORD, SMART_HOST } from "./names";
import type { RelayWorld } from "./relay-world";

/** The relays of the matrix; several faults share one, and a release's plain path has each. */
export type RelayKind = "submission" | "custom" | "fallback" | "wrapper";

/** The second smart host, behind the first. */
export const SECOND_HOST = "smtp.second.example";
/** The second smart host's address. */
export const SECOND_ADDRESS = "10.77.0.21";
/** A port that no service has for mail. */
export const CUSTOM_PORT = 10_587;
const SECOND_PARAMETER = "/smarthost/mail/password-2";

const REGION = "eu-central-1";

/** What each relay has other than the usual settings. */
function changesOf(kind: RelayKind): Partial<RelaySettings> {
  const first = { name: "SendGrid", host: SMART_HOST, user: "apikey", maxMessageBytes: 31_457_280 };
  switch (kind) {
    case "submission":
      return {};
    case "custom":
      return { smartHost: { ...first, port: CUSTOM_PORT, tls: "starttls" } };
    case "fallback":
      return {
        smartHost: { ...first, port: 2525, tls: "starttls" },
        fallbacks: [
          {
            endpoint: { ...first, name: "second", host: SECOND_HOST, port: 587, tls: "starttls" },
            credential: { source: "ssm", parameterName: SECOND_PARAMETER, region: REGION },
          },
        ],
      };
    case "wrapper":
      return {
        smartHost: { ...first, port: 465, tls: "wrapper" },
        queue: "root disk",
        credential: { source: "file" },
      };
  }
}

/** The relays of one world, each booted when it is first asked for. */
export class Relays {
  readonly #running = new Map<RelayKind, BootedRelay>();

  constructor(
    private readonly world: RelayWorld,
    private readonly say: (line: string) => void,
  ) {}

  /** The relay of this kind, booted if it is not yet. */
  async get(kind: RelayKind, options: BootOptions = {}): Promise<BootedRelay> {
    const running = this.#running.get(kind);
    if (running !== undefined) return running;
    this.say(`relay ${kind} boots`);
    if (kind === "fallback") await this.world.setPassword(PASSWORD, SECOND_PARAMETER);
    const relay = await this.world.bootRelay(changesOf(kind), {
      ...options,
      onLaunched: async (instance, machine) => {
        await options.onLaunched?.(instance, machine);
        if (kind !== "wrapper") return;
        const put = "umask 077; mkdir -p /etc/smarthost; cat > /etc/smarthost/password";
        const { exitCode, stderr } = await machine.run(["sh", "-c", put], `${PASSWORD}\n`);
        if (exitCode !== 0) throw new Error(`The password's file could not be put there: ${stderr}`);
      },
    });
    this.#running.set(kind, relay);
    return relay;
  }

  /**
   * Replaces a relay by one of another kind, as a change of the user data does: the old one stops in order, its volume
   * moves, and the new one boots with it.
   */
  async replace(old: RelayKind, next: RelayKind): Promise<BootedRelay> {
    const { instance, volume } = await this.get(old);
    if (volume === undefined) throw new Error(`The relay ${old} has no queue volume to move.`);
    await this.stop(next);
    await this.world.account.compute.stop(instance.id);
    await this.world.account.compute.detach(volume.id, instance.id);
    this.#running.delete(old);
    await this.world.account.compute.terminate(instance.id);
    return this.get(next, { volume });
  }

  /** Powers a relay off for good, if it runs, and gives its place up. */
  async stop(kind: RelayKind): Promise<void> {
    const relay = this.#running.get(kind);
    if (relay === undefined) return;
    this.#running.delete(kind);
    await this.world.account.compute.terminate(relay.instance.id);
  }
}
