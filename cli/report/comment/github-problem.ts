import { Problem } from "../../problem";
import type { CommentTarget } from "./target";

/** What GitHub's refusals of a comment mean, by HTTP status. */
const NEXT: Record<number, string> = {
  401: "Give GITHUB_TOKEN a token that is valid: in a workflow the job's own, which ends with the job.",
  403: "Give the job the permission pull-requests: write. A pull request from a fork never has it, so do not comment there.",
  404: "Look at GITHUB_REPOSITORY and the pull request's number; GitHub also answers so where the token may not see them.",
  422: "Give the job the permission pull-requests: write, and look whether the pull request is locked.",
  429: "GitHub asks for fewer requests: run it again in a few minutes.",
};

/** An error of GitHub's as a problem with what to do next. The token is taken out, wherever it stands. */
export function githubProblem(error: unknown, { owner, repo, pullRequest, token }: CommentTarget): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const status =
    typeof error === "object" && error !== null && "status" in error && typeof error.status === "number"
      ? error.status
      : statusIn(message);
  const next =
    NEXT[status ?? 0] ??
    "Run it again; if it stays so, look at GitHub's status page. The report itself is above.";
  const answer = `${status === undefined ? "" : `HTTP ${status}: `}${message.replaceAll(token, "…")}`;
  return new Problem(`the comment on ${owner}/${repo}#${pullRequest} was not written: ${answer}`, next);
}

/** GraphQL refuses with HTTP 200 and words. */
function statusIn(message: string): number | undefined {
  if (/not accessible by integration|must have (push|write)|forbidden/i.test(message)) {
    return 403;
  }
  return /could not resolve to/i.test(message) ? 404 : undefined;
}
