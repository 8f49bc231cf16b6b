import { describe, expect, test } from "vitest";
import { runEnvironment } from "../../engine/environment";

const settings = { stateDirectory: "/tmp/state", home: "/tmp/home", passphrase: "for tests" };

describe("the environment of a run", () => {
  test("keeps the state in the folder that was named, and asks the network for nothing", () => {
    expect(runEnvironment(settings)).toEqual({
      PULUMI_BACKEND_URL: "file:///tmp/state",
      PULUMI_HOME: "/tmp/home",
      PULUMI_CONFIG_PASSPHRASE: "for tests",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    });
  });

  test("attaches providers that are already listening", () => {
    const attachedProviders = { aws: 4001, cloudflare: 4002 };
    expect(runEnvironment({ ...settings, attachedProviders }).PULUMI_DEBUG_PROVIDERS).toBe(
      "aws:4001,cloudflare:4002",
    );
  });
});
