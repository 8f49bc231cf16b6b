export type { Credentials, Principal } from "./access";
export { AwsAccount, type AwsEvents } from "./account";
export type { Image, InstanceTypeOffering, Subnet, Vpc } from "./catalog";
export type { Instance, Volume } from "./compute";
export type { Parameter } from "./parameters";
export { awsProvider, awsSdkVersion } from "./provider";
export { AwsRefusal } from "./refusal";
