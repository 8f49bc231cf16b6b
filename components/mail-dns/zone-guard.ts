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
/** Where there is no run, unique names have to do. */
const withoutRun = { count: 0 };

/**
 * Looks into the zone before a record is made or changed, in the preview too, and refuses what would collide with a
 * record that is there, and what is wrong with the change. All records of a new component are looked at together, so that one error lists everything.
 */
export class ZoneGuard {
  /** For the component's hooks: the engine calls it when there is no such component yet. */
  readonly beforeComponent: pulumi.ResourceHook;
  /** For the hooks of each record, before its creation and before an update. */
  readonly beforeRecord: pulumi.ResourceHook;
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
    const id = `smarthost-${nextHookNumber()}`;
    const everywhere = { onDryRun: true };
    this.beforeComponent = new pulumi.ResourceHook(
      `${id}-component`,
      () => {
        this.#componentIsNew = true;
      },
      everywhere,
    );
    // The engine calls back outside the program's asynchronous context, by which Pulumi finds the run's engine.
    const look = AsyncResource.bind((args: pulumi.ResourceHookArgs) => this.#look(args));
    this.beforeRecord = new pulumi.ResourceHook(`${id}-record`, look, everywhere);
  }

  async #look({ name, id, newInputs = {}, oldInputs }: pulumi.ResourceHookArgs): Promise<void> {
    const one = this.placed.find((each) => each.name === name);
    const zone = await one?.host.existing?.(newInputs, this.invokeOptions());
    if (!one) {
      return;
    }
    const own = oldInputs === undefined ? undefined : zone?.records.find((found) => isOwn(found, id));
    if (zone) {
      this.#refuse(one, { ...zone, records: zone.records.filter((found) => found !== own) });
    }
    const faults = await this.onChange(one.record, own?.value);
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

function nextHookNumber(): number {
  const counter = pulumi.runtime.getStackResource()
    ? counters.get("hooks", () => ({ count: 0 }))
    : withoutRun;
  counter.count += 1;
  return counter.count;
}

/** An import id ends in the id, with what the host needs to find it in front. */
function isOwn({ importId }: ExistingRecord, id: string): boolean {
  return importId === id || importId.endsWith(`/${id}`);
}
