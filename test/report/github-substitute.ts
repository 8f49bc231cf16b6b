import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { z } from "zod";

interface Comment {
  id: number;
  author: string;
  body: string;
}

const querySchema = z.object({
  query: z.string(),
  variables: z.object({
    owner: z.string(),
    repo: z.string(),
    number: z.number(),
    cursor: z.string().nullable(),
  }),
});
const bodySchema = z.strictObject({
  body: z.string().max(65_536, "is too long (maximum is 65536 characters)"),
});
const PAGE = 100;

/**
 * A substitute for the part of GitHub's API that a comment needs, on loopback: one pull request, acme/mail#7. It does not show
 * GitHub's rights, limits of rate and the author names of real tokens.
 */
export class GitHubSubstitute {
  readonly comments: Comment[] = [];
  /** How writing is refused. */
  refuseWrites: { status: number; message: string } | undefined;
  /** What GraphQL answers in place of data. */
  graphqlError: string | undefined;
  #server: ReturnType<typeof serve> | undefined;

  private constructor(
    private readonly token: string,
    private readonly viewer: string,
  ) {}

  static async start({ token, viewer }: { token: string; viewer: string }): Promise<GitHubSubstitute> {
    const substitute = new GitHubSubstitute(token, viewer);
    await new Promise<void>((resolve) => {
      const { fetch } = substitute.#routes();
      substitute.#server = serve({ fetch, hostname: "127.0.0.1", port: 0 }, () => resolve());
    });
    return substitute;
  }

  get url(): string {
    const { port } = (this.#server?.address() ?? { port: 0 }) as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** A comment that is there already. */
  write({ author, body }: { author: string; body: string }): Comment {
    const comment = { id: this.comments.length + 1, author, body };
    this.comments.push(comment);
    return comment;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
    this.#server = undefined;
  }

  #routes(): Hono {
    const app = new Hono();
    app.use(async (context, next) => {
      if (context.req.header("authorization") !== `token ${this.token}`) {
        return context.json({ message: "Bad credentials" }, 401);
      }
      await next();
    });
    app.post("/graphql", async (context) => {
      if (this.graphqlError !== undefined) {
        return context.json({ errors: [{ type: "FORBIDDEN", message: this.graphqlError }] });
      }
      const { variables } = querySchema.parse(await context.req.json());
      const start = Number(variables.cursor ?? 0);
      const page = this.comments.slice(start, start + PAGE);
      const nodes = page.map((comment) => ({
        fullDatabaseId: String(comment.id),
        url: urlOf(comment),
        body: comment.body,
        viewerDidAuthor: comment.author === this.viewer,
      }));
      const end = start + page.length;
      const pageInfo = { hasNextPage: end < this.comments.length, endCursor: String(end) };
      return context.json({ data: { repository: { pullRequest: { comments: { nodes, pageInfo } } } } });
    });
    app.use("/repos/*", async (_context, next) => {
      if (this.refuseWrites !== undefined) {
        const { status, message } = this.refuseWrites;
        return Response.json({ message }, { status });
      }
      await next();
    });
    app.post("/repos/acme/mail/issues/7/comments", async (context) => {
      const { body } = bodySchema.parse(await context.req.json());
      const comment = this.write({ author: this.viewer, body });
      return context.json({ id: comment.id, html_url: urlOf(comment) }, 201);
    });
    // A token with the right to write may change anybody's comment, as at GitHub.
    app.patch("/repos/acme/mail/issues/comments/:id", async (context) => {
      const comment = this.comments.find(({ id }) => String(id) === context.req.param("id"));
      if (comment === undefined) {
        return context.json({ message: "Not Found" }, 404);
      }
      comment.body = bodySchema.parse(await context.req.json()).body;
      return context.json({ id: comment.id, html_url: urlOf(comment) });
    });
    return app;
  }
}

function urlOf({ id }: Comment): string {
  return `https://github.test/acme/mail/pull/7#issuecomment-${id}`;
}
