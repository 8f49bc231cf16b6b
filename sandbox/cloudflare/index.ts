export {
  CloudflareAccount,
  type CloudflareRecord,
  CloudflareRefusal,
  type CloudflareZone,
  type DnsStore,
  type RecordInput,
} from "./account";
export { cloudflareProvider, cloudflareSdkVersion } from "./provider";
