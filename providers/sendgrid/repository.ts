/**
 * The GitHub repository whose releases have the plug-in's archives, as `OWNER/NAME`. It stands in the provider's
 * schema, from where it comes into every program, so it has to be one that its owner holds. This one can't be
 * registered, because GitHub allows no two hyphens in a row in an owner's name: it is replaced before the first release,
 * and the release's workflow refuses another repository than its own (release/manifest.ts).
 */
export const REPOSITORY = "owner--name/pulumi-smarthost";
