import { createTransport } from "nodemailer";
import { renderUserData } from "../../components/postfix-relay/user-data";
import { ADDRESS } from "../../sandbox/machine/addresses";
import { until } from "../../sandbox/until";
import { usualSettings } from "../../test/boot/booted-relay";
import { SMART_HOST } from "../../test/boot/names";
import { type RelayWorld, type RelayWorldOptions, startRelayWorld } from "../../test/boot/relay-world";
import type { SmartHost } from "../../test/boot/smart-host";
import { installedAt, poweredOnAt, type Step, stepsOf } from "./moments";
import { bootServer, type Server } from "./server";
import { plainUserData } from "./user-data";

/** A limit for what hangs. */
const LIMIT_SECONDS = 300;

/** The surroundings of the booting servers: DNS, AWS, a smart host; all of it runs before the first boot. */
export class BootWorld {
  /** When the smart host had each of its messages, in milliseconds since 1970. */
  readonly #taken: number[] = [];

  private constructor(
    private readonly world: RelayWorld,
    smartHost: SmartHost,
  ) {
    smartHost.decide = () => {
      this.#taken.push(Date.now());
      return "take";
    };
  }

  /** Starts everything; the caller runs inside the sandbox's network. */
  static async open(options: RelayWorldOptions): Promise<BootWorld> {
    const world = await startRelayWorld(options);
    const smartHost = await world.addSmartHost({ name: SMART_HOST });
    await smartHost.open();
    return new BootWorld(world, smartHost);
  }

  /** Boots a server that installs the relay's packages. @returns seconds until the last one is configured */
  async plainBoot(): Promise<number> {
    const server = await bootServer(this.world, plainUserData(usualSettings(this.world.debian)));
    try {
      const end = await installedAt(server.machine, LIMIT_SECONDS);
      return (end - (await poweredOnAt(server.machine))) / 1_000;
    } finally {
      await server.discard();
    }
  }

  /** Boots a relay, to which an application hands a message as soon as it listens. */
  async relayBoot(): Promise<{ seconds: number; steps: Step[] }> {
    const before = this.#taken.length;
    const server = await bootServer(this.world, renderUserData(usualSettings(this.world.debian)));
    try {
      const start = await poweredOnAt(server.machine);
      await until("the relay takes a message", () => handIn(server), LIMIT_SECONDS);
      await until("the message is delivered", () => this.#taken.length > before, LIMIT_SECONDS);
      const seconds = ((this.#taken[before] ?? Number.NaN) - start) / 1_000;
      return { seconds, steps: await stepsOf(server.machine, start) };
    } finally {
      await server.discard();
    }
  }

  /** Powers everything off. */
  async close(): Promise<void> {
    await this.world.close();
  }
}

/** Hands in a message. @returns whether the relay took it */
async function handIn({ machine, privateIp }: Server): Promise<boolean> {
  if (!machine.isRunning) throw new Error(`The server went off. Its console: ${machine.consoleLog}`);
  const transport = createTransport({
    host: privateIp,
    port: 25,
    localAddress: ADDRESS.application,
    ignoreTLS: true,
    connectionTimeout: 1_000,
  });
  const message = { from: "app@example.com", to: "someone@example.net", text: "Hello" };
  return transport.sendMail(message).then(
    () => true,
    () => false,
  );
}
