import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { createTransport } from "nodemailer";
import { READY_FILE } from "../components/postfix-relay/server/setup";
import { stack } from "../infra/stack";
import { AwsAccount, type Instance } from "./aws";
import { IDENTITY_SETTINGS, type IdentityKind, prepareIdentity, WORKSPACE } from "./identities";
import type { ReceivedMessage } from "./inbox";
import { ADDRESS } from "./machine/addresses";
import type { Network } from "./machine/network";
import { Servers } from "./machine/servers";
import { createAuthority } from "./pki";
import { type Rotation, rotateKey } from "./rotation";
import { filesBelow, findLeaks, type SearchedPlace } from "./secrets";
import type { AcceptedMessage } from "./sendgrid";
import { changes, type ResourceStep, type RunResult, StackRun } from "./stack-run";
import { DOMAIN, IN_NETWORK, ON_LOOPBACK, RECIPIENT_DOMAIN, startWorld, type World, ZONE_ID } from "./world";

const SENDER = `noreply@${DOMAIN}`;
const RECIPIENT = `someone@${RECIPIENT_DOMAIN}`;

/** Where the stack keeps the relay's password. */
const PASSWORD_PARAMETER = "/smarthost/smarthost/sandbox/mail/password";
const AWS_API = ["ssm.eu-central-1.amazonaws.com", "monitoring.eu-central-1.amazonaws.com"];

const BOOT_LIMIT_MS = 240_000;
const DELIVERY_LIMIT_MS = 90_000;

/** The settings that a new user makes, for the sandbox's domain. Nothing in them is secret. */
export function settingsFor(debian: 12 | 13): Record<string, string> {
  return {
    domain: DOMAIN,
    cloudflareZoneId: ZONE_ID,
    senderAddress: SENDER,
    dmarcReportsTo: `dmarc@${DOMAIN}`,
    relayDebian: String(debian),
    // Everything answers at once here: what is not valid soon never will be, and who needs a new key has it soon.
    validationTimeout: "15",
    sendgridKeyGracePeriod: "30",
    "aws:region": "eu-central-1",
  };
}

/** What the booted server needs; left out, everything else runs on loopback. */
export interface Cloud {
  network: Network;
  /** Names with their addresses as this machine resolves them: the package mirror's. */
  hosts: ReadonlyMap<string, readonly string[]>;
}

export interface JourneyOptions {
  engine: PulumiCommand;
  debian: 12 | 13;
  /** Default automatic. */
  identity?: IdentityKind;
  cloud?: Cloud;
  /** Gets what happens to servers, as short lines. */
  onProgress?: (line: string) => void;
  /** Cancels what the engine is doing; {@link Journey.end} waits until it has stopped. */
  signal?: AbortSignal;
}

/** A record of the user's zone, as the DNS server answers. */
export interface ServedRecord {
  name: string;
  type: string;
  value: string;
  purpose: string;
}

/** A message's way from the application to the inbox. */
export interface Delivery {
  subject: string;
  /** What the smart host saw of the relay. */
  relayed: AcceptedMessage;
  received: ReceivedMessage;
}

/**
 * One run of the real stack against the emulated account, step by step. A step throws when it does not come out
 * as promised; whoever calls shows progress and decides which steps to take.
 */
export class Journey {
  readonly #output: SearchedPlace[] = [];
  readonly #retired: string[] = [];

  private constructor(
    readonly world: World,
    readonly run: StackRun,
    readonly servers: Servers | undefined,
    private readonly folder: string,
  ) {}

  /** Starts the account and opens the stack with the settings that a new user would make. */
  static async begin(options: JourneyOptions): Promise<Journey> {
    const { engine, debian, identity = "automatic", cloud, onProgress, signal } = options;
    const folder = await mkdtemp(join(tmpdir(), "smarthost-stack-"));
    const authority = await createAuthority();
    const servers =
      cloud &&
      new Servers({
        network: cloud.network,
        authority: authority.ca,
        certificate: await authority.issue(AWS_API),
        onProgress,
      });
    const account = new AwsAccount(servers);
    const world = await startWorld({
      domain: DOMAIN,
      aws: account,
      authority,
      addresses: cloud ? IN_NETWORK : ON_LOOPBACK,
      hosts: new Map([...(cloud?.hosts ?? []), ...AWS_API.map((name) => [name, [ADDRESS.awsApi]] as const)]),
    });
    try {
      prepareIdentity(world, identity);
      await servers?.start(account);
      const run = await StackRun.open({
        engine,
        directory: folder,
        program: stack,
        attachedProviders: world.attachedProviders,
        environment: world.environment,
        config: { ...settingsFor(debian), ...world.settings, ...IDENTITY_SETTINGS[identity] },
        signal,
      });
      return new Journey(world, run, servers, folder);
    } catch (error) {
      await servers?.stop();
      await world.close();
      throw error;
    }
  }

  /** Stops everything; the stack's folder with its state goes too. */
  async end(): Promise<void> {
    await this.run.settled();
    await this.servers?.stop();
    await this.world.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async preview(): Promise<RunResult> {
    return this.#keep("preview", await this.run.preview());
  }

  async up(): Promise<RunResult> {
    return this.#keep("up", await this.run.up());
  }

  /** A preview that must find nothing to do, before and after a refresh. */
  async expectNoChange(): Promise<void> {
    expectNone("the preview after up", await this.preview());
    expectNone("the refresh", this.#keep("refresh", await this.run.refresh()));
    expectNone("the preview after a refresh", await this.preview());
  }

  async destroy(): Promise<void> {
    await this.run.destroy();
    const left = [...this.world.zones.zone(DOMAIN).records(), ...this.world.aws.compute.instances.keys()];
    if (left.length > 0) {
      throw new Error(`destroy left behind: ${JSON.stringify(left)}`);
    }
  }

  /** The one instance that runs. */
  relay(): Instance {
    const running = [...this.world.aws.compute.instances.values()].filter(({ state }) => state === "running");
    const [instance] = running;
    if (!instance || running.length > 1) {
      throw new Error(`expected one running server, and there are ${running.length}`);
    }
    return instance;
  }

  /** Waits until the relay has installed itself. */
  async waitForRelay(onProgress: (line: string) => void): Promise<void> {
    const { id } = this.relay();
    await this.#servers().machine(id).waitForFile(READY_FILE, BOOT_LIMIT_MS, onProgress);
  }

  /** The records of the user's zone as the DNS server answers, each with the purpose that the stack gave it. */
  async servedRecords(created: readonly ResourceStep[]): Promise<ServedRecord[]> {
    const purposes = new Map(
      created.map(({ inputs }) => [`${inputs.name} ${inputs.type}`, String(inputs.comment ?? "")]),
    );
    const { zones, resolve } = this.world;
    return Promise.all(
      zones
        .zone(DOMAIN)
        .records()
        .map(async ({ name, type }) => ({
          name,
          type,
          value: textOf(await resolve(name, type)),
          purpose: purposes.get(`${name} ${type}`) ?? "",
        })),
    );
  }

  /** Makes the settings that the refusal names: the record is adopted as it is, and what it says is merged. */
  async adoptWorkspaceSpf(): Promise<void> {
    const [record] = this.world.cloudflare.records(ZONE_ID);
    await this.run.configure({
      adopt: JSON.stringify({ spf: `${ZONE_ID}/${record?.id}` }),
      spf: JSON.stringify({ existing: WORKSPACE.spf }),
    });
  }

  /** Takes back the adoption, by which the next up merges the record. @returns the texts that DNS serves then */
  async mergeWorkspaceSpf(): Promise<string[]> {
    await this.run.stack.removeConfig("adopt");
    await this.preview();
    await this.up();
    return [await this.world.resolve(DOMAIN, "TXT")].flat(3).map(String);
  }

  /** Google Workspace sends a message of the domain, with the domain as return path and no signature of it. */
  async workspaceMail(): Promise<void> {
    const { inbox } = this.world;
    const subject = "from Google Workspace";
    const transport = createTransport({
      host: inbox.address,
      port: inbox.port,
      localAddress: WORKSPACE.address,
      name: "mail.google.com",
      tls: { rejectUnauthorized: false },
    });
    await transport.sendMail({ from: `boss@${DOMAIN}`, to: RECIPIENT, subject, text: "Hello.\n" });
    const received = await inbox.waitFor((message) => message.subject === subject, DELIVERY_LIMIT_MS);
    if (received.spf.result !== "pass" || received.dmarc.result !== "pass") {
      throw new Error(`"${subject}" arrived without authenticating: ${received.authenticationResults}`);
    }
  }

  /** An application hands a message to the relay, from an address of the relay's clients. */
  async send(subject: string): Promise<void> {
    const transport = createTransport({
      host: this.relay().privateIp,
      port: 587,
      localAddress: ADDRESS.application,
      requireTLS: true,
      // The relay's certificate is self-signed: it hides the mail from listeners and proves nothing.
      tls: { rejectUnauthorized: false },
    });
    await transport.sendMail({
      from: SENDER,
      to: RECIPIENT,
      subject,
      text: `Sent at ${new Date().toISOString()}\n`,
    });
  }

  /** Waits until the message is in the inbox, and checks that it came authenticated over verified TLS. */
  async arrival(subject: string): Promise<Delivery> {
    const { inbox, sendgrid } = this.world;
    const received = await inbox
      .waitFor((message) => message.subject === subject, DELIVERY_LIMIT_MS)
      .catch(async (error: Error) => {
        throw new Error(`${error.message}\n${await this.#mailLog()}`);
      });
    const relayed = sendgrid.smtp.accepted().find(({ messageId }) => messageId === received.messageId);
    if (!relayed) {
      throw new Error(`"${subject}" arrived without passing the smart host`);
    }
    const signature = received.dkim.find(({ domain }) => domain === DOMAIN);
    const results = {
      spf: received.spf.result,
      dkim: signature?.result ?? "none",
      dmarc: received.dmarc.result,
    };
    if (Object.values(results).some((result) => result !== "pass")) {
      throw new Error(`"${subject}" arrived without authenticating: ${received.authenticationResults}`);
    }
    return { subject, relayed, received };
  }

  /** Replaces the relay while a message waits in its queue, and waits for the message to arrive. */
  async replaceRelay(onProgress: (line: string) => void): Promise<Delivery> {
    const { smtp } = this.world.sendgrid;
    const old = this.relay();
    const subject = "queued before the replacement";
    await smtp.pause();
    await this.send(subject);
    onProgress("the smart host is down; a message waits in the queue");
    await this.#waitForQueue(old.id, 1);

    await this.run.configure({ relayHostName: `mta.${DOMAIN}` });
    const preview = await this.preview();
    if (!changes(preview).some(({ op, type }) => op.includes("replace") && type.endsWith(":Instance"))) {
      throw new Error("the preview of changed user data does not show a replacement of the server");
    }
    onProgress("the preview shows the replacement; up");
    await this.up();
    if (this.relay().id === old.id) {
      throw new Error("the server was not replaced");
    }
    await this.waitForRelay(onProgress);
    await this.#waitForQueue(this.relay().id, 1);
    onProgress("the queue is on the new server; the smart host is up again");
    await smtp.resume();
    await this.#servers().machine(this.relay().id).run(["postqueue", "-f"]);
    return this.arrival(subject);
  }

  /** A message that comes in while the smart host is down arrives when it is up again. */
  async outage(onProgress: (line: string) => void): Promise<Delivery> {
    const { smtp } = this.world.sendgrid;
    await smtp.pause();
    onProgress("the smart host is down");
    await this.send("sent during an outage");
    await this.#waitForQueue(this.relay().id, 1);
    onProgress("the message waits in the queue; the smart host is up again");
    await smtp.resume();
    await this.#servers().machine(this.relay().id).run(["postqueue", "-f"]);
    return this.arrival("sent during an outage");
  }

  /** Searches every place where a secret must not stand in clear; the places that were searched are returned. */
  async searchSecrets(): Promise<string[]> {
    const places = [...this.#output, ...(await filesBelow(this.folder, "state, project and engine's home"))];
    for (const instance of this.world.aws.compute.instances.values()) {
      places.push({ name: `user data of ${instance.id}`, content: instance.userData ?? "" });
    }
    if (this.servers) {
      places.push(...(await this.#serverPlaces(this.servers)));
    }
    const leaks = findLeaks(places, this.#secrets());
    if (leaks.length > 0) {
      throw new Error(leaks.map(({ secret, place }) => `${secret} stands in clear in ${place}`).join("\n"));
    }
    return places.map(({ name }) => name);
  }

  /** The relay's password, as its parameter has it. */
  password(): string {
    const password = this.world.aws.getParameter(PASSWORD_PARAMETER);
    if (!password) {
      throw new Error(`the stack made no parameter ${PASSWORD_PARAMETER}`);
    }
    return password.value;
  }

  /** The password, which {@link searchSecrets} looks for also when the stack has another one. */
  retirePassword(): string {
    const password = this.password();
    this.#retired.push(password);
    return password;
  }

  /** Rotates the relay's API key while an application sends. */
  rotateKey(onProgress: (line: string) => void): Promise<Rotation> {
    return rotateKey(this, this.#servers().machine(this.relay().id), onProgress);
  }

  #secrets(): Map<string, string> {
    return new Map([
      ["the account's API key", this.world.environment.SENDGRID_API_KEY ?? ""],
      ["the relay's API key", this.password()],
      ...this.#retired.map((key, index) => [`a former API key (${index + 1})`, key] as const),
    ]);
  }

  async #serverPlaces(servers: Servers): Promise<SearchedPlace[]> {
    const machine = servers.machine(this.relay().id);
    const commands = [
      ["sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' '"],
      ["journalctl", "--no-pager", "--output=export"],
      ["sh", "-c", "cat /var/log/*.log /var/lib/cloud/instance/*.txt /etc/postfix/*.cf 2>/dev/null"],
    ];
    const names = [
      "processes on the server",
      "journal of the server",
      "logs and configuration of the server",
    ];
    const outputs = await Promise.all(commands.map((command) => machine.run(command)));
    return outputs.map(({ stdout }, index) => {
      if (!stdout) {
        throw new Error(`nothing to search in ${names[index]}`);
      }
      return { name: names[index] ?? "", content: String(stdout) };
    });
  }

  /** What the relay's queue and its log say, for an error. */
  async #mailLog(): Promise<string> {
    const machine = this.#servers().machine(this.relay().id);
    const log = ["journalctl", "--no-pager", "--output=cat", "--lines=30", "--identifier=postfix/smtp"];
    const outputs = await Promise.all([["postqueue", "-p"], log].map((command) => machine.run(command)));
    return outputs.map(({ stdout }) => String(stdout)).join("\n");
  }

  async #waitForQueue(instanceId: string, messages: number): Promise<void> {
    const machine = this.#servers().machine(instanceId);
    const deadline = Date.now() + DELIVERY_LIMIT_MS;
    let queued = "";
    while (Date.now() < deadline) {
      queued = String((await machine.run(["postqueue", "-j"])).stdout);
      if (queued.split("\n").filter(Boolean).length === messages) {
        return;
      }
      await sleep(200);
    }
    throw new Error(
      `expected ${messages} in the queue of ${instanceId}, and it holds: ${queued || "nothing"}`,
    );
  }

  #servers(): Servers {
    if (!this.servers) {
      throw new Error("no server was booted in this run");
    }
    return this.servers;
  }

  #keep(name: string, result: RunResult): RunResult {
    this.#output.push({ name: `output of ${name}`, content: result.output + JSON.stringify(result.steps) });
    return result;
  }
}

/** A look-up's answer for a person: TXT strings joined, MX with the preference in front. */
function textOf(answer: unknown): string {
  return [answer]
    .flat()
    .map((record: unknown) => {
      if (Array.isArray(record)) {
        return record.join("");
      }
      const isExchanger = typeof record === "object" && record !== null && "exchange" in record;
      return isExchanger && "priority" in record ? `${record.priority} ${record.exchange}` : String(record);
    })
    .join(" ");
}

function expectNone(what: string, result: RunResult): void {
  const found = changes(result);
  if (found.length > 0) {
    const list = found.map(({ op, name, diffs }) => `${op} ${name} ${diffs.join(",")}`).join("; ");
    throw new Error(`${what} shows changes: ${list}`);
  }
}
