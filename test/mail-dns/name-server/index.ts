export { type NameServer, startNameServer } from "./name-server";
export { checkZone, wholeZone, type ZoneFile } from "./zone-files";
