export type { Credentials, Principal } from "./access";
export { AwsAccount, type AwsEvents } from "./account";
export type { Image, InstanceTypeOffering, Subnet, Vpc } from "./catalog";
export type { Instance, Volume } from "./compute";
export type {
  ChangeAction,
  DnsStore,
  HostedZone,
  HostedZones,
} from "./hosted-zones";
export type { Parameter } from "./parameters";
export { awsProvider, awsSdkVersion } from "./provider";
export type { RecordSet, ServedRecord } from "./record-sets";
export { AwsRefusal } from "./refusal";
