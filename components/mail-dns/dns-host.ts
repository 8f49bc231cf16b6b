import type * as pulumi from "@pulumi/pulumi";
import type { MailRecord } from "./record";

/**
 * Where a domain's records live, as a plain object that a factory makes ({@link cloudflare}). A host of your
 * own is one function: it declares the record as a resource and returns it, because what validates the domain
 * waits for these resources.
 */
export interface DnsHost {
  /** What a person calls it, for messages: "Cloudflare". */
  readonly name: string;
  /** Declares one record. `name` is the resource's logical name; `opts` carries parent and dependencies. */
  createRecord(
    name: string,
    record: MailRecord<pulumi.Input<string>>,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource;
}
