/** What a run of the engine needs to know about where it keeps its things. */
export interface RunSettings {
  /** The folder of the file backend, where the state lies. It has to exist. */
  stateDirectory: string;
  /** PULUMI_HOME: plug-ins, credentials and workspaces of the engine. */
  home: string;
  /** Encrypts the secrets in the state. */
  passphrase: string;
  /** Providers that are already listening on 127.0.0.1, by package name and port. */
  attachedProviders?: Readonly<Record<string, number>>;
}

/**
 * The environment variables for a run that needs no network of its own and touches nothing of the user's:
 * state in a folder, no question for updates, no plug-in and no package fetched. For the `envVars` of a
 * workspace of the Automation API.
 */
export function runEnvironment(settings: RunSettings): Record<string, string> {
  const attached = Object.entries(settings.attachedProviders ?? {});
  return {
    PULUMI_BACKEND_URL: `file://${settings.stateDirectory}`,
    PULUMI_HOME: settings.home,
    PULUMI_CONFIG_PASSPHRASE: settings.passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    ...(attached.length > 0 && {
      PULUMI_DEBUG_PROVIDERS: attached.map(([name, port]) => `${name}:${port}`).join(","),
    }),
  };
}
