/**
 * Something that a reviewer should know about a domain's mail, as data for a report, a policy or a test. What
 * must not be published at all is a `Fault` of the settings instead, and stops the preview.
 */
export interface Finding {
  /**
   * `error`: mail fails or the record is void for receivers. `warning`: it works, and will not under conditions
   * that the message names. `info`: a fact that explains what is published.
   */
  severity: "error" | "warning" | "info";
  /** Where: a property path of the settings, such as `dmarc.reportsTo[0]`, or the name of a published record. */
  path: string;
  /** What was found and why it matters, without a full stop. */
  message: string;
  /** What to do, as a sentence. */
  next: string;
}
