import type { Preview } from "../../mail-resources/preview";
import { settings } from "../postfix-relay/relay-settings";
import {
  AWS,
  attachment,
  previewOf,
  relayUrn,
  replacement,
  rule,
  server,
  step,
  UNKNOWN_VALUE,
  userData,
  volume,
} from "./relay-previews";

const name = "mail-debian13-arm64";
const fleet = relayUrn("PostfixRelayFleet");
const template = (data: string, instanceType = "t4g.micro") => ({
  instanceType,
  userData: Buffer.from(data).toString("base64"),
  blockDeviceMappings: [
    { deviceName: "/dev/xvda", ebs: { volumeType: "gp3", encrypted: "true" } },
    { deviceName: "/dev/sdf", ebs: { volumeType: "gp3", volumeSize: 8, encrypted: "true" } },
  ],
});
const group = (minSize: number, maxSize: number, version: unknown = "1") => ({
  ...{ minSize, maxSize },
  launchTemplate: { id: "lt-1", version },
});
const record = (address: string, host = "mail.corp.example.com") => ({
  ...{ name: host, type: "A", ttl: 60, zoneId: "Z0123456789ABCDEFGHIJ", records: [address] },
});
const password = (value: string) => ({
  name: "/smarthost/shop/production/mail/password",
  type: "SecureString",
  value,
});

/** Kinds of change of a relay, by what happens. */
export const RELAY_CASES: Record<string, Preview> = {
  "first preview": previewOf(
    step({ op: "create", type: AWS.server, name, after: server() }),
    step({ op: "create", type: AWS.volume, name: "mail-queue", after: volume() }),
    step({
      ...{ op: "create", type: AWS.attachment, name: "mail-queue-attachment" },
      after: attachment(UNKNOWN_VALUE, UNKNOWN_VALUE),
    }),
    step({ op: "create", type: AWS.ingress, name: "mail-in-25-vpc", after: rule(25, "10.0.0.0/16") }),
    step({ op: "create", type: AWS.ingress, name: "mail-in-587-vpc", after: rule(587, "10.0.0.0/16") }),
  ),
  "relay replaced": previewOf(...replacement({}, { hostName: "mta.example.com" })),
  "relay replaced behind a name": previewOf(
    ...replacement({}, { hideClients: true }),
    step({
      ...{ op: "update", type: AWS.record, name: "mail-address" },
      ...{ before: record("10.0.0.9"), after: record(UNKNOWN_VALUE) },
    }),
  ),
  "relay of another architecture": previewOf(
    step({
      op: "create",
      type: AWS.server,
      name: "mail-debian13-amd64",
      after: server({}, { instanceType: "t3.micro" }),
    }),
    step({
      ...{ op: "replace", type: AWS.attachment, name: "mail-queue-attachment" },
      ...{ before: attachment("i-1"), after: attachment(UNKNOWN_VALUE) },
    }),
    step({ op: "delete", type: AWS.server, name, id: "i-1", before: server() }),
  ),
  "instance type changed": previewOf(
    step({
      ...{ op: "update", type: AWS.server, name },
      ...{ before: server(), after: server({}, { instanceType: "t4g.small" }) },
    }),
  ),
  "volume lost": previewOf(
    step({
      ...{ op: "replace", type: AWS.volume, name: "mail-queue" },
      ...{ before: volume(), after: volume({ availabilityZone: "eu-central-1b" }) },
    }),
    step({
      ...{ op: "replace", type: AWS.attachment, name: "mail-queue-attachment" },
      ...{ before: attachment("i-1"), after: attachment("i-1", UNKNOWN_VALUE) },
    }),
  ),
  "volume grown": previewOf(
    step({
      ...{ op: "update", type: AWS.volume, name: "mail-queue" },
      ...{ before: volume(), after: volume({ size: 32 }) },
    }),
  ),
  "volume made smaller": previewOf(
    step({
      ...{ op: "update", type: AWS.volume, name: "mail-queue" },
      ...{ before: volume({ size: 32 }), after: volume() },
    }),
  ),
  "relay replaced and its volume made smaller": previewOf(
    ...replacement({}, { hostName: "mta.example.com" }),
    step({
      ...{ op: "update", type: AWS.volume, name: "mail-queue" },
      ...{ before: volume({ size: 32 }), after: volume() },
    }),
  ),
  "smart host changed": previewOf(
    ...replacement(
      {},
      {
        smartHost: { ...settings.smartHost, name: "another", host: "smtp.example.net" },
        fallbacks: [{ endpoint: settings.smartHost, credential: { source: "file" } }],
      },
    ),
  ),
  "port changed": previewOf(...replacement({}, { smartHost: { ...settings.smartHost, port: 2525 } })),
  "route added": previewOf(
    ...replacement(
      {},
      {
        routes: [
          {
            name: "news",
            senders: ["news.example.com"],
            endpoint: { ...settings.smartHost, host: "smtp.example.org" },
            credential: { source: "file" },
          },
        ],
      },
    ),
  ),
  "password changed": previewOf(
    step({
      ...{ op: "update", type: AWS.parameter, name: "mail-password" },
      ...{ before: password("[secret]"), after: password("[secret] "), id: "p" },
    }),
  ),
  "clients widened and narrowed": previewOf(
    ...replacement(
      { clients: ["10.0.0.0/16", "10.9.0.0/16"] },
      { clients: ["10.0.0.0/16", "172.16.0.0/12"] },
    ),
    step({
      op: "delete",
      type: AWS.ingress,
      name: "mail-in-587-10.9.0.0/16",
      before: rule(587, "10.9.0.0/16"),
    }),
    step({
      op: "create",
      type: AWS.ingress,
      name: "mail-in-587-172.16.0.0/12",
      after: rule(587, "172.16.0.0/12"),
    }),
  ),
  "clients opened to the world": previewOf(
    ...replacement({}, { clients: ["10.0.0.0/16", "0.0.0.0/0"] }),
    step({ op: "create", type: AWS.ingress, name: "mail-in-25-world", after: rule(25, "0.0.0.0/0") }),
  ),
  "fleet scaled": previewOf(
    step({
      ...{ op: "update", type: AWS.group, name: "mail-group", parent: fleet },
      ...{ before: group(2, 6), after: group(3, 12) },
    }),
  ),
  "fleet refreshed": previewOf(
    step({
      ...{ op: "update", type: AWS.template, name, parent: fleet },
      ...{ before: template(userData()), after: template(userData({ hideClients: true }), "t4g.small") },
    }),
    step({
      ...{ op: "update", type: AWS.group, name: "mail-group", parent: fleet },
      ...{ before: group(2, 6), after: group(2, 6, UNKNOWN_VALUE) },
    }),
  ),
  "fleet removed": previewOf(
    step({ op: "delete", type: AWS.group, name: "mail-group", parent: fleet, before: group(2, 6) }),
    step({ op: "delete", type: AWS.template, name, parent: fleet, before: template(userData()) }),
    step({
      ...{ op: "delete", type: AWS.balancer, name: "mail-nlb", parent: fleet },
      before: { loadBalancerType: "network", internal: true },
    }),
  ),
  "relay removed": previewOf(
    step({ op: "delete", type: AWS.attachment, name: "mail-queue-attachment", before: attachment("i-1") }),
    step({ op: "delete", type: AWS.server, name, id: "i-1", before: server() }),
    step({ op: "delete", type: AWS.volume, name: "mail-queue", id: "vol-1", before: volume() }),
  ),
  "relay removed and its volume kept": previewOf(
    step({ op: "delete", type: AWS.attachment, name: "mail-queue-attachment", before: attachment("i-1") }),
    step({ op: "delete", type: AWS.server, name, id: "i-1", before: server() }),
  ),
  "relay without a queue volume replaced": previewOf(
    step({
      ...{ op: "replace", type: "ibm:index/isInstance:IsInstance", name: "relay", parent: "" },
      before: {
        profile: "cx2-2x4",
        userData: userData({ queue: "root disk", credential: { source: "file" } }),
      },
      after: {
        profile: "cx2-2x4",
        userData: userData({
          queue: "root disk",
          credential: { source: "file" },
          hostName: "mta.example.com",
        }),
      },
    }),
  ),
  "user data not known": previewOf(
    step({
      ...{ op: "replace", type: AWS.server, name, id: "i-1" },
      ...{ before: server(), after: { ...server(), userData: UNKNOWN_VALUE } },
    }),
  ),
  "no mail change": previewOf(),
};
