import { Octokit } from "@octokit/core";
import { z } from "zod";
import { githubProblem } from "./comment/github-problem";
import { type OwnComment, ownComments } from "./comment/own-comments";
import type { CommentTarget } from "./comment/target";
import { COMMENT_LIMIT, renderMarkdown } from "./markdown";
import type { MailReport } from "./report";

export { type CommentTarget, commentTarget } from "./comment/target";

/** What became of the comment. */
export interface PublishedComment {
  action: "created" | "updated";
  url: string;
}

const commentSchema = z.looseObject({ html_url: z.string() });
/** GitHub counts the marker too. */
const MARKER_BYTES = 1_000;
const USER_AGENT = "smarthost-report";

/**
 * Writes the report into the pull request: into its own comment where there is one, and into a new one otherwise. Each stack
 * has its comment. It knows them by a marker that readers do not see, and by the author: a comment of somebody else's is
 * never touched, whatever is in it.
 *
 * @throws Problem when GitHub refuses or cannot be reached
 */
export async function publishComment(target: CommentTarget, report: MailReport): Promise<PublishedComment> {
  const { owner, repo, pullRequest, token, apiUrl } = target;
  // Log lines of the client's own have request headers' names at most, and are of no use here.
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const octokit = new Octokit({ auth: token, baseUrl: apiUrl, userAgent: USER_AGENT, log: silent });
  const marker = markerOf(report.stack);
  const body = `${marker}\n${renderMarkdown(report, { limitBytes: COMMENT_LIMIT - MARKER_BYTES })}`;
  try {
    const existing = await firstWith(marker, ownComments(octokit, target));
    const { data } =
      existing === undefined
        ? await octokit.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
            ...{ owner, repo, issue_number: pullRequest, body },
          })
        : await octokit.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
            ...{ owner, repo, comment_id: existing.id, body },
          });
    const { html_url: url } = commentSchema.parse(data);
    return { action: existing === undefined ? "created" : "updated", url };
  } catch (error) {
    throw githubProblem(error, target);
  }
}

/** A stack's name with other signs than letters, digits, dot, hyphen and underscore in it could end the HTML comment. */
function markerOf(stack = ""): string {
  return `<!-- smarthost report: ${encodeURIComponent(stack)
    .replaceAll("--", "-%2D")
    .slice(0, MARKER_BYTES / 2)} -->`;
}

async function firstWith(
  marker: string,
  comments: AsyncGenerator<OwnComment>,
): Promise<OwnComment | undefined> {
  for await (const comment of comments) {
    if (comment.body.startsWith(marker)) {
      return comment;
    }
  }
  return undefined;
}
