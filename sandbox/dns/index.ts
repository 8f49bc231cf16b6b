export { type DnsRecord, RecordError, type RecordType } from "./records";
export { type Resolve, resolver } from "./resolver";
export {
  type DnsServer,
  type DnsServerOptions,
  type ListenAddress,
  type LoggedQuery,
  startDns,
} from "./server";
export { type StoredRecord, Zone, Zones } from "./zones";
