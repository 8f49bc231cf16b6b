import type { Octokit } from "@octokit/core";
import { z } from "zod";
import type { CommentTarget } from "./target";

/** A comment on the pull request that was written with this token. */
export interface OwnComment {
  /** REST's id. */
  id: number;
  url: string;
  body: string;
}

/**
 * `viewerDidAuthor` is GitHub's own answer to whose comment it is, for the token of a job, an app and a person alike. REST's
 * comments have the author's name only, and a job's token may not ask for its own.
 */
const QUERY = `query($owner: String!, $repo: String!, $number: Int!, $cursor: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      comments(first: 100, after: $cursor) {
        nodes { fullDatabaseId url body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

const answerSchema = z.object({
  repository: z.object({
    pullRequest: z.object({
      comments: z.object({
        nodes: z.array(
          z.object({
            fullDatabaseId: z.coerce.number().int().positive(),
            url: z.string(),
            body: z.string(),
            viewerDidAuthor: z.boolean(),
          }),
        ),
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
      }),
    }),
  }),
});

/** The comments on the pull request that were written with this token, the oldest first. */
export async function* ownComments(octokit: Octokit, target: CommentTarget): AsyncGenerator<OwnComment> {
  const { owner, repo, pullRequest: number } = target;
  let cursor: string | null = null;
  do {
    const answer: unknown = await octokit.graphql(QUERY, { owner, repo, number, cursor });
    const { nodes, pageInfo } = answerSchema.parse(answer).repository.pullRequest.comments;
    for (const { fullDatabaseId: id, url, body, viewerDidAuthor } of nodes) {
      if (viewerDidAuthor) {
        yield { id, url, body };
      }
    }
    cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (cursor !== null);
}
