/** From which severity on a report fails. */
export const FAIL_ON = ["error", "warning", "info", "never"] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** How a report is written. */
export const FORMATS = ["text", "markdown", "json"] as const;
export type Format = (typeof FORMATS)[number];

/** The options of `smarthost report`. */
export interface ReportFlags {
  stack?: string;
  cwd?: string;
  format: Format;
  json?: boolean;
  failOn: FailOn;
  /** Undefined: the machine's own resolver. */
  dnsServer?: string;
  /** The most that all questions to DNS may take together, in seconds. */
  dnsTimeout: number;
  comment?: boolean;
  pullRequest?: number;
}
