import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CommentTarget, commentTarget, publishComment } from "../../cli/report/comment";
import type { MailReport } from "../../cli/report/report";
import { GitHubSubstitute } from "./github-substitute";

const TOKEN = "ghs_this-must-not-be-seen";

const report = (stack: string, changes: Partial<MailReport> = {}): MailReport => ({
  ...{ stack, refused: false, unseen: 0, domains: [], senders: [], relays: [], costs: [], findings: [] },
  unchanged: true,
  ...changes,
});

describe("the comment on a pull request", () => {
  let github: GitHubSubstitute;
  let target: CommentTarget;
  beforeEach(async () => {
    github = await GitHubSubstitute.start({ token: TOKEN, viewer: "github-actions[bot]" });
    target = { apiUrl: github.url, owner: "acme", repo: "mail", pullRequest: 7, token: TOKEN };
  });
  afterEach(() => github.close());

  it("is written anew, and the next time it is the same comment with other text", async () => {
    const first = await publishComment(target, report("production"));
    expect(first).toEqual({ action: "created", url: `https://github.test/acme/mail/pull/7#issuecomment-1` });
    const refused = report("production", { refused: true, unchanged: false });
    expect(await publishComment(target, refused)).toMatchObject({ action: "updated", url: first.url });
    expect(github.comments.map(({ body }) => body)).toEqual([
      "<!-- smarthost report: production -->\n## Mail for stack production: the preview was refused\n",
    ]);
  });

  it("is one for each stack", async () => {
    for (const stack of ["production", "production-eu", "production", "staging", "production-eu"]) {
      await publishComment(target, report(stack));
    }
    expect(github.comments.map(({ body }) => body.split("\n")[0])).toEqual([
      "<!-- smarthost report: production -->",
      "<!-- smarthost report: production-eu -->",
      "<!-- smarthost report: staging -->",
    ]);
  });

  it("is found behind more than a page of other comments", async () => {
    for (let number = 0; number < 150; number += 1) {
      github.write({ author: "someone", body: "a word" });
    }
    await publishComment(target, report("production"));
    for (let number = 0; number < 150; number += 1) {
      github.write({ author: "someone", body: "another word" });
    }
    expect(await publishComment(target, report("production"))).toMatchObject({ action: "updated" });
    expect(github.comments).toHaveLength(301);
  });

  it("leaves somebody else's comment with the same marker alone", async () => {
    const body = "<!-- smarthost report: production -->\nAll is well, merge it.";
    github.write({ author: "mallory", body });
    expect(await publishComment(target, report("production"))).toMatchObject({ action: "created" });
    expect(github.comments.map(({ author }) => author)).toEqual(["mallory", "github-actions[bot]"]);
    expect(github.comments[0]?.body).toBe(body);
  });

  it("leaves an own comment alone that only quotes the marker", async () => {
    github.write({
      author: "github-actions[bot]",
      body: "See: <!-- smarthost report: production -->",
    });
    expect(await publishComment(target, report("production"))).toMatchObject({ action: "created" });
  });

  it("has a marker that a stack's name cannot end", async () => {
    await publishComment(target, report("a --> <b>x</b>"));
    const [comment] = github.comments;
    expect(comment?.body.split("\n")[0]).toBe("<!-- smarthost report: a%20-%2D%3E%20%3Cb%3Ex%3C%2Fb%3E -->");
    expect(await publishComment(target, report("a --> <b>x</b>"))).toMatchObject({ action: "updated" });
  });

  it.each<[number, RegExp]>([
    [401, /Give GITHUB_TOKEN a token that is valid/],
    [403, /permission pull-requests: write/],
    [404, /Look at GITHUB_REPOSITORY and the pull request's number/],
    [422, /whether the pull request is locked/],
    [500, /Run it again/],
  ])("ends with the next action where GitHub answers %i, and never shows the token", async (status, next) => {
    github.refuseWrites = { status, message: `no for ${TOKEN}` };
    const problem: unknown = await publishComment(target, report("production")).catch((error) => error);
    expect(problem).toMatchObject({ name: "Problem", exitCode: 1, next: expect.stringMatching(next) });
    expect(String(problem)).toMatch(
      /^Problem: the comment on acme\/mail#7 was not written: HTTP \d{3}: no for …/,
    );
    expect(JSON.stringify(problem) + String(problem)).not.toContain(TOKEN);
  });

  it("says what to do when the token may not read, where GitHub refuses with HTTP 200", async () => {
    github.graphqlError = "Resource not accessible by integration";
    await expect(publishComment(target, report("production"))).rejects.toMatchObject({
      next: expect.stringMatching(/permission pull-requests: write/),
    });
    expect(github.comments).toEqual([]);
  });

  it("says so when GitHub cannot be reached", async () => {
    await github.close();
    await expect(publishComment(target, report("production"))).rejects.toMatchObject({ name: "Problem" });
  });
});

describe("the pull request of a run", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "smarthost-comment-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const environment = (event: string) => ({
    GITHUB_TOKEN: TOKEN,
    GITHUB_REPOSITORY: "acme/mail",
    GITHUB_API_URL: "http://127.0.0.1:1/api/v3",
    GITHUB_EVENT_PATH: event,
  });

  it("is the event's, and the one of the command line counts before it", async () => {
    const event = join(folder, "event.json");
    await writeFile(event, JSON.stringify({ action: "opened", pull_request: { number: 12 } }));
    const expected = { apiUrl: "http://127.0.0.1:1/api/v3", owner: "acme", repo: "mail", token: TOKEN };
    expect(commentTarget(environment(event))).toEqual({ ...expected, pullRequest: 12 });
    expect(commentTarget(environment(event), 3)).toEqual({ ...expected, pullRequest: 3 });
  });

  it.each([
    ["a push, which has no pull request", JSON.stringify({ ref: "refs/heads/main" })],
    ["a number that is none", JSON.stringify({ pull_request: { number: "12" } })],
    ["no JSON", "{"],
  ])("is asked for where the event is %s", async (_what, content) => {
    const event = join(folder, "event.json");
    await writeFile(event, content);
    expect(() => commentTarget(environment(event))).toThrow(
      /pull request's number is not in GITHUB_EVENT_PATH/,
    );
  });

  it("names everything that is missing, with exit code 2", () => {
    const thrown = (() => {
      try {
        return commentTarget({});
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toMatchObject({
      exitCode: 2,
      message:
        "--comment: GITHUB_TOKEN is not set; GITHUB_REPOSITORY is not OWNER/NAME; the pull request's number is not in GITHUB_EVENT_PATH's event",
      next: expect.stringContaining("--pull-request NUMBER"),
    });
  });
});
