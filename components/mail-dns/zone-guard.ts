import type * as pulumi from "@pulumi/pulumi";
import { describeFaults, type Fault } from "../faults";
import { previewHook } from "../preview-hook";
import { collisions } from "./collisions";
import type { DnsHost, ExistingRecord, ExistingZone } from "./dns-host";
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
    const notice = previewHook(() => {
      this.#componentIsNew = true;
    });
    const look = previewHook((args) => this.#look(args));
    this.componentHooks = notice === undefined ? {} : { beforeCreate: [notice] };
    this.recordHooks = look === undefined ? {} : { beforeCreate: [look], beforeUpdate: [look] };
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
