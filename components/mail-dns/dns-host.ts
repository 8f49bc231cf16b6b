import type * as pulumi from "@pulumi/pulumi";
import type { MailRecord } from "./record";

/** A record that is in a zone already, whoever made it. */
export interface ExistingRecord {
  /** What the resource option `import` takes for it. */
  importId: string;
  /** Lower case, no trailing dot. */
  name: string;
  type: string;
  /** TXT: the text, unquoted and unsplit. */
  value: string;
  /** The note beside it, where the host keeps one. */
  comment?: string;
}

/** A zone as it is before a change. */
export interface ExistingZone {
  /** The zone's name, such as `example.com`: records have to lie in it. */
  zone: string;
  records: ExistingRecord[];
}

/**
 * Where a domain's records live, as a plain object that a factory makes ({@link cloudflare}, {@link route53},
 * {@link manual}). A host of your own is one function: it declares the record as a resource and returns it,
 * because what validates the domain waits for these resources.
 */
export interface DnsHost {
  /** What a person calls it, for messages: "Cloudflare". */
  readonly name: string;
  /**
   * Declares one record. `name` is the resource's logical name. `opts` carries parent, dependencies and hooks, and
   * `import` where a record is adopted: the host then ignores differences, so that it is adopted as it is.
   */
  createRecord(
    name: string,
    record: MailRecord<pulumi.Input<string>>,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource;
  /**
   * What is in the zone, looked up before a record is made or renamed, in the preview too. `inputs` are the record's
   * as the engine has them. Undefined where the zone is not known yet. A host that cannot say leaves this out, and
   * then only its refusal of a duplicate shows what is there.
   */
  existing?(inputs: Record<string, unknown>, opts: pulumi.InvokeOptions): Promise<ExistingZone | undefined>;
  /**
   * True where the records of one name and type are one resource (Route 53): a second one cannot be made beside
   * what is there, whatever it says. Default false.
   */
  readonly recordSets?: boolean;
}
