import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildReport } from "../../cli/report/build";
import { renderMarkdown } from "../../cli/report/markdown";
import { projectRoot } from "../../engine/project-root";
import { parsePreview } from "../../mail-resources/preview";
import { openAccount, type TestAccount } from "../stack/account";

/** The example stack's changes, as a team makes them once its reports are clean. */
const CHANGE = {
  dmarcPolicy: "quarantine",
  smartHostPort: "2525",
  relayQueueVolumeSize: "16",
  sendgridKeyRotation: "2031-04",
};

describe("the previews in the documentation are those of the real engine", () => {
  let account: TestAccount;
  beforeAll(async () => {
    account = await openAccount();
    // As `smarthost report --stack` runs the CLI.
    account.run.stack.workspace.envVars.PULUMI_OPTION_SHOW_SAMES = "true";
  });
  afterAll(() => account?.close());

  const page = async (title: string, introduction: string) => {
    const report = await buildReport(parsePreview(await account.run.previewJson()));
    return `# ${title}\n\n${introduction}\n\n---\n\n${renderMarkdown(report)}`;
  };
  const file = (name: string) => join(projectRoot(), "docs/previews", name);

  it("a first preview", async () => {
    const introduction =
      "What `smarthost report` says of the example stack in an account that has nothing yet, as in a pull request's comment.";
    await expect(await page("A first preview", introduction)).toMatchFileSnapshot(file("first.md"));
  });

  it("a change preview", async () => {
    await account.run.up();
    await account.run.configure(CHANGE);
    const settings = Object.entries(CHANGE).map(([key, value]) => `\`${key}: ${value}\``);
    const introduction = `What it says of the same stack, once it is up, when these settings change: ${settings.join(", ")}.`;
    await expect(await page("A change preview", introduction)).toMatchFileSnapshot(file("change.md"));
  });
});
