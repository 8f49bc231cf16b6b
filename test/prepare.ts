import { findEngine } from "../engine/find-engine";
import { capabilities, installNeeds } from "../sandbox/machine/needs";

/**
 * Brings what takes minutes on a fresh machine, which no test's limit has, and what two test files at once could not both
 * install: the Pulumi CLI, and Debian's packages where servers can be booted.
 */
export async function setup(): Promise<void> {
  const say = (line: string) => console.error(line);
  await findEngine({ onProgress: say });
  const { obstacles, missingPackages } = await capabilities();
  if (obstacles.length === 0) await installNeeds(missingPackages, say);
}
