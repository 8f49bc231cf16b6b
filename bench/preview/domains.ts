import { identities } from "../domains/program";
import { previewOnce } from "./once";

/** The number of domains comes after the names of stack and project. */
void previewOnce(identities({ domains: Number(process.argv[4]), layout: "zone-each" }));
