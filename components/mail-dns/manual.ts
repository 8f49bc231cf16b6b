import * as pulumi from "@pulumi/pulumi";
import type { DnsHost } from "./dns-host";
import type { MailRecord } from "./record";

/** A record that a person publishes: it is shown in the preview, and nothing is made anywhere. */
class ManualRecord extends pulumi.ComponentResource {
  constructor(
    name: string,
    { name: host, type, value, priority, purpose }: MailRecord<pulumi.Input<string>>,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const shown = { name: host, type, value, priority, purpose };
    super("smarthost:index:ManualRecord", name, shown, opts);
    this.registerOutputs(shown);
  }
}

/**
 * A DNS host that Pulumi does not reach: the records are outputs, as data, as a zone file and as a table, for a person
 * or another tool to publish. A validation still waits until they are there, so its time limit is a person's.
 */
export function manual(): DnsHost {
  return {
    name: "the DNS host",
    createRecord: (name, record, { parent, dependsOn }) =>
      new ManualRecord(name, record, { parent, dependsOn }),
  };
}
