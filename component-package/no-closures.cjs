// Stands in the bundle for what Pulumi's SDK uses to turn functions into cloud functions, as closures with their
// sources: components do not, and the compiler alone would be two thirds of the bundle.
"use strict";
module.exports = {};
