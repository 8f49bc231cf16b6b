import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { runEnvironment } from "../../engine/environment";
import { findEngine } from "../../engine/find-engine";
import { findGo } from "../../engine/go-toolchain";
import { projectRoot } from "../../engine/project-root";
import { AwsAccount } from "../../sandbox/aws";
import { createAuthority } from "../../sandbox/pki";
import { DOMAIN, startWorld } from "../../sandbox/world";
import { pythonWith } from "../python-package";
import { buildComponentFolder } from "./component-folder";
import { documentedProgram, writeSdk } from "./sdk-folder";

const here = join(projectRoot(), "test", "languages");

let component: string;
let scratch: string;

beforeAll(async () => {
  component = await buildComponentFolder();
  scratch = await mkdtemp(join(tmpdir(), "smarthost-sdks-"));
});
afterAll(async () => {
  for (const folder of [component && dirname(component), scratch]) {
    if (folder) await rm(folder, { recursive: true, force: true });
  }
});

describe("the Python package", () => {
  const sdk = () => join(scratch, "python");

  it("compiles", async () => {
    await writeSdk(component, "python", sdk());
    await execa("python3", ["-m", "compileall", "-q", sdk()]);
  }, 600_000);

  it("previews the documented program", async () => {
    const python = await pythonWith("pulumi", "3.259.0", [], ["parver==0.5"]);
    const site = join(scratch, "python-site");
    await execa(python, ["-m", "pip", "install", "--quiet", "--no-deps", "--target", site, sdk()]);
    const { path: engine } = await findEngine();
    const world = await startWorld({
      domain: DOMAIN,
      aws: new AwsAccount(),
      authority: await createAuthority(),
    });
    try {
      const folder = join(scratch, "python-project");
      const stateDirectory = join(scratch, "python-state");
      await Promise.all([folder, stateDirectory].map((each) => mkdir(each, { recursive: true })));
      const providers = [
        { name: "smarthost", path: component },
        { name: "sendgrid", path: projectRoot() },
      ];
      const project = { name: "newsletter", runtime: "python", plugins: { providers } };
      await writeFile(join(folder, "Pulumi.yaml"), stringify(project));
      await writeFile(join(folder, "program.py"), documentedProgram("python"));
      const { stdout } = await execa(python, [join(here, "preview.py"), join(folder, "program.py"), folder], {
        env: {
          ...runEnvironment({
            stateDirectory,
            home: join(scratch, "python-home"),
            passphrase: "python",
            attachedProviders: world.attachedProviders,
          }),
          ...world.environment,
          PYTHONPATH: site,
          PATH: `${dirname(engine)}${delimiter}${process.env.PATH}`,
        },
      });
      expect(stdout).toContain("create urn:pulumi:dev::newsletter::smarthost:index:MailRelay::mail");
      expect(stdout).toMatch(/create \S+MailRelay\$\S+aws:ec2\/instance:Instance::mail-debian13-arm64/);
    } finally {
      await world.close();
    }
  }, 600_000);
});

it("the Go package compiles with the documented program", async () => {
  const folder = join(scratch, "go");
  await writeSdk(component, "go", folder);
  await cp(join(here, "go-consumer"), folder, { recursive: true });
  await writeFile(join(folder, "main.go"), documentedProgram("go"));
  const go = await findGo({});
  await execa(go, ["build", "-o", join(scratch, "program"), "."], {
    cwd: folder,
    // As the CLI was built, whose compiled packages are taken from Go's cache then.
    env: { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly -buildvcs=false -trimpath", GOWORK: "off" },
  });
}, 600_000);
