// Runs one of the project's compiled commands: `node engine/run.cjs sandbox/main --keep`. Says what to do where
// Node.js is too old or the project was not built.
"use strict";
require("./require-node.cjs");

const entry = require("node:path").join(__dirname, "..", "dist", `${process.argv[2]}.js`);
if (!require("node:fs").existsSync(entry)) {
  console.error(`${entry} is missing, as after \`npm ci --ignore-scripts\`.\nNext: run \`npm run build\`.`);
  process.exit(1);
}
process.argv.splice(1, 2, entry);
require(entry);
