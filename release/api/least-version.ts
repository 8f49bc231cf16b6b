import { gte, inc, major } from "semver";
import type { Fault } from "../../components/faults";
import type { ChangelogSection } from "../changelog";
import type { ApiChange } from "./change";

/**
 * The least version that semantic versioning (https://semver.org/, 2.0.0, items 4 and 6 to 8) asks for after a
 * released one. Below 1.0.0, where it leaves it open, what breaks raises the minor version.
 */
export function leastVersion(released: string, changes: readonly ApiChange[]): string {
  const breaking = changes.some(({ weight }) => weight === "breaking");
  const level = breaking && major(released) > 0 ? "major" : changes.length > 0 ? "minor" : "patch";
  return inc(released, level) ?? released;
}

/** What is to be released, and what the changes are measured from. */
export interface Candidate {
  /** The released version; undefined before the first. */
  released?: string;
  changes: readonly ApiChange[];
  /** Of package.json. */
  version: string;
  changelog: readonly ChangelogSection[];
}

/** Where the version or the changelog says less than the public API has changed. */
export function versionFaults({ released, changes, version, changelog }: Candidate): Fault[] {
  const faults: Fault[] = [];
  const [newest] = changelog;
  if (newest?.version !== version) {
    faults.push({
      path: "CHANGELOG.md",
      value: newest?.version,
      reason: `its newest section is not of package.json's version ${version}`,
      next: `Begin it with "## ${version} (unreleased)".`,
    });
  }
  if (released === undefined || released === version) {
    if (released !== undefined && changes.length > 0) {
      faults.push(tooLow(version, `${version} is released, and the public API has changed since`));
    }
    return faults;
  }
  const least = leastVersion(released, changes);
  if (!gte(version, least)) {
    faults.push(tooLow(version, `the changes since ${released} ask for ${least} at least`));
  }
  const headings = newest?.headings ?? [];
  const breaking = changes.some(({ weight }) => weight === "breaking");
  if (breaking && !["Changed", "Removed"].some((heading) => headings.includes(heading))) {
    faults.push(unsaid(version, "something was removed or changed", '"### Changed" or "### Removed"'));
  }
  if (changes.some(({ weight }) => weight === "feature") && !headings.includes("Added") && !breaking) {
    faults.push(unsaid(version, "something was added", '"### Added"'));
  }
  return faults;
}

function tooLow(version: string, reason: string): Fault {
  return {
    path: "package.json: version",
    value: version,
    reason,
    next: "Raise it, and begin a section for it in CHANGELOG.md.",
  };
}

function unsaid(version: string, reason: string, heading: string): Fault {
  return {
    path: "CHANGELOG.md",
    value: version,
    reason: `${reason}, and its section does not say so`,
    next: `Say in it, under ${heading}, what a program has to do.`,
  };
}
