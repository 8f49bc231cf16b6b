// Stops every command with the next action when the Node.js that runs is too old (plain CommonJS of
// an age that an old Node.js can still read).
"use strict";
var wanted = 22;
if (Number(process.versions.node.split(".")[0]) < wanted) {
  console.error(
    "smarthost needs Node.js " +
      wanted +
      " or newer, and this is " +
      process.version +
      " (" +
      process.execPath +
      ").\n" +
      "`npm ci` puts Node.js 24 into node_modules/.bin by the install script of the package `node`; it did not run.\n" +
      "Next: run `npm rebuild node`, then this command again; or install Node.js 24 yourself.",
  );
  process.exit(1);
}
