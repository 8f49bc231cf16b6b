/** What the command's exit codes mean; scripts depend on them. */
export const EXIT = {
  /** It was done. */
  done: 0,
  /** It could not be done, or the smart host refused the test message. */
  failed: 1,
  /** The command line is wrong; nothing was asked of any server. */
  usage: 2,
  /** It was done, and mail waits: `queue --check` found deferred mail, or the test message was not delivered yet. */
  waiting: 3,
  /** It was done, and there are warnings: `doctor` found no error, and something that a person should look at. */
  warned: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
