import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { describeFaults, type Fault } from "../faults";
import { collisions } from "./collisions";
import type { DnsHost, ExistingRecord, ExistingZone } from "./dns-host";
import { OncePerRun } from "./once-per-run";
import type { MailRecord } from "./record";

/** A record and where it goes. */
export interface PlacedRecord {
  /** Logical name of its resource. */
  name: string;
  record: MailRecord<pulumi.Input<string>>;
  host: DnsHost;
  /** The id that it is imported by, where it exists already. */
  importId: string | undefined;
}

/** Hooks have names that are unique in a run of the program, and the same in its next run. */
const counters = new OncePerRun<{ count: number }>();

/**
 * Looks into the zone before a record is made or changed, in the preview too, and refuses what would collide with a
 * record that is there, and what is wrong with the change. All records of a new component are looked at together, so
 * that one error lists everything.
 */
export class ZoneGuard {
  /** For the component: the engine calls it when there is no such component yet. */
  readonly componentHooks: pulumi.ResourceHookBinding;
  /** For each record, before its creation and before an update. */
  readonly recordHooks: pulumi.ResourceHookBinding;
  #componentIsNew = false;
  #told = false;

  /**
   * @param subject the component, for messages
   * @param onChange gets a record that is about to be made or changed, and what it says now; gives what is wrong
   */
  constructor(
    private readonly subject: string,
    private readonly placed: readonly PlacedRecord[],
    private readonly invokeOptions: () => pulumi.InvokeOptions,
    private readonly onChange: (
      record: PlacedRecord["record"],
      before: string | undefined,
    ) => Promise<Fault[]>,
  ) {
    this.componentHooks = {};
    this.recordHooks = {};
    // Pulumi's mocks, by which programs are unit-tested, know no hooks.
    if (pulumi.runtime.getStackResource() === undefined) {
      return;
    }
    const counter = counters.get("hooks", () => ({ count: 0 }));
    counter.count += 1;
    const id = `smarthost-${counter.count}`;
    const everywhere = { onDryRun: true };
    const notice = () => {
      this.#componentIsNew = true;
    };
    // The engine calls back outside the program's asynchronous context, by which Pulumi finds the run's engine.
    const look = AsyncResource.bind((args: pulumi.ResourceHookArgs) => this.#look(args));
    const beforeRecord = new pulumi.ResourceHook(`${id}-record`, look, everywhere);
    this.componentHooks = { beforeCreate: [new pulumi.ResourceHook(`${id}-component`, notice, everywhere)] };
    this.recordHooks = { beforeCreate: [beforeRecord], beforeUpdate: [beforeRecord] };
  }

  async #look({ name, id, newInputs = {}, oldInputs }: pulumi.ResourceHookArgs): Promise<void> {
    const one = this.placed.find((each) => each.name === name);
    const zone = await one?.host.existing?.(newInputs, this.invokeOptions());
    if (!one) {
      return;
    }
    // The texts of a record set are several records with one id.
    const isOwn = ({ importId }: ExistingRecord) =>
      oldInputs !== undefined && (importId === id || importId.endsWith(`/${id}`));
    if (zone) {
      this.#refuse(one, { ...zone, records: zone.records.filter((found) => !isOwn(found)) });
    }
    const own = zone?.records.filter(isOwn).map(({ value }) => value) ?? [];
    const faults = await this.onChange(one.record, before(one.record, own));
    if (faults.length > 0) {
      throw new Error(describeFaults(this.subject, faults));
    }
  }

  #refuse({ record, host }: PlacedRecord, zone: ExistingZone): void {
    // All or none: of a new component nothing is published while one record is in the way of another.
    const group = this.#componentIsNew
      ? this.placed.filter((each) => each.host === host && each.importId === undefined)
      : [{ record }];
    const faults = collisions(
      group.map((each) => each.record),
      zone,
      host,
    );
    if (faults.length === 0) {
      return;
    }
    const message = this.#told
      ? "not published, because other records of the component are refused"
      : describeFaults(this.subject, faults);
    this.#told = this.#componentIsNew;
    throw new Error(message);
  }
}

/** What a record says now: of a record set, the text of the same kind. */
function before({ value }: PlacedRecord["record"], texts: readonly string[]): string | undefined {
  const version = typeof value === "string" ? /^v=[a-z0-9]+/i.exec(value)?.[0].toLowerCase() : undefined;
  return texts.find((text) => version === undefined || text.toLowerCase().startsWith(version));
}
