import { join } from "node:path";
import { expect, test } from "vitest";
import { generateSdk, staleFiles } from "../../engine/generate-sdk";
import { projectRoot } from "../../engine/project-root";
import { asWorkspace } from "../../engine/sdk-package";
import { packageSchema } from "../../providers/kit";
import { sendgridProvider } from "../../providers/sendgrid/provider";

test("sdks/sendgrid is what the provider's schema generates", { timeout: 900_000 }, async () => {
  const generated = asWorkspace(await generateSdk({ schema: packageSchema(sendgridProvider()) }));
  expect(await staleFiles(join(projectRoot(), "sdks", "sendgrid"), generated)).toEqual([]);
});
