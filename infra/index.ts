import { stack } from "./stack";

// The module is the function itself, as Pulumi calls an entry point that is one; so `pulumi up` and the
// Automation API run the same stack.
export = stack;
