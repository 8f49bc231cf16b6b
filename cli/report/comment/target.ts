import { readFileSync } from "node:fs";
import { z } from "zod";
import { wrongUsage } from "../../problem";

/** Where a comment goes, and by which right. */
export interface CommentTarget {
  /** GitHub's REST API, such as `https://api.github.com`. */
  apiUrl: string;
  owner: string;
  repo: string;
  /** The pull request's number. */
  pullRequest: number;
  /** Never shown. */
  token: string;
}

/** What GitHub Actions sets (GitHub, "Variables reference"). */
type Environment = Readonly<Record<string, string | undefined>>;

const eventSchema = z.looseObject({
  pull_request: z.looseObject({ number: z.number().int().positive() }).optional(),
});

/**
 * The pull request of this run, from what GitHub Actions says of it.
 *
 * @param pullRequest what the command line says, which counts before the event
 * @throws Problem with everything that is missing
 */
export function commentTarget(environment: Environment, pullRequest?: number): CommentTarget {
  const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: repository, GITHUB_API_URL: apiUrl } = environment;
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(repository ?? "") ?? [];
  const number = pullRequest ?? numberOf(environment.GITHUB_EVENT_PATH);
  const missing = [
    ...(token ? [] : ["GITHUB_TOKEN is not set"]),
    ...(owner && repo ? [] : ["GITHUB_REPOSITORY is not OWNER/NAME"]),
    ...(number === undefined ? ["the pull request's number is not in GITHUB_EVENT_PATH's event"] : []),
  ];
  if (!token || !owner || !repo || number === undefined) {
    throw wrongUsage(
      `--comment: ${missing.join("; ")}`,
      "In a workflow on pull_request, set GITHUB_TOKEN to the job's token, with the permission pull-requests: write. Elsewhere set both variables, and give --pull-request NUMBER.",
    );
  }
  return { apiUrl: apiUrl ?? "https://api.github.com", owner, repo, pullRequest: number, token };
}

function numberOf(eventPath: string | undefined): number | undefined {
  if (!eventPath) {
    return undefined;
  }
  try {
    const event: unknown = JSON.parse(readFileSync(eventPath, "utf8"));
    return eventSchema.safeParse(event).data?.pull_request?.number;
  } catch {
    return undefined;
  }
}
