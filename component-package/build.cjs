// Builds the component package as it is shipped: one bundle, the executable and the files by which Pulumi finds it, and its
// schema. usage: node component-package/build.cjs [FOLDER], by default dist/component-package.
"use strict";
const { execFileSync } = require("node:child_process");
const { cpSync, mkdirSync, rmSync, writeFileSync } = require("node:fs");
const { join, resolve } = require("node:path");
const { buildSync } = require("esbuild");

const folder = resolve(process.argv[2] ?? join(__dirname, "..", "dist", "component-package"));
const bundle = join(folder, "smarthost.cjs");
const { leftOut } = require("./left-out.json");
const nothing = join(__dirname, "no-closures.cjs");

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
buildSync({
  entryPoints: [join(__dirname, "main.ts")],
  bundle: true,
  platform: "node",
  target: "node22",
  // Names stay: Pulumi's SDK shows those of classes in its messages.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  alias: Object.fromEntries(leftOut.map((name) => [name, nothing])),
  outfile: bundle,
});
cpSync(join(__dirname, "plugin"), folder, { recursive: true });
writeFileSync(
  join(folder, "schema.json"),
  execFileSync(process.execPath, [bundle, "--schema"], { maxBuffer: 1e8 }),
);
