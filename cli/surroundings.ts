import type { DoctorWorld } from "./doctor/doctor-world";
import type { Locate } from "./server/command";
import type { TextStream } from "./text-stream";

/** What the command finds around itself; a test brings its own. */
export interface Surroundings {
  out: TextStream;
  err: TextStream;
  /** Asks a question with yes or no in the terminal. Undefined where nobody can answer. */
  confirm?: (question: string) => Promise<boolean>;
  /** Where the server's programs are, where they are not where Debian has them. */
  locate?: Locate;
  /** Added to the environment of programs on this server. */
  localEnv?: Record<string, string>;
  /** The environment that settings are read from. Default: the process's own. */
  env?: NodeJS.ProcessEnv;
  /** Parts of the world that `doctor` looks at, in place of the real ones. */
  doctorWorld?: Partial<DoctorWorld>;
}
