import { propertyValue, type Resource } from "../resource";
import { known, propertyOf, type Value } from "../value";
import { type HostReader, items, orUnknown, type SpelledRecordSet } from "./host-reader";
import { withPreferences } from "./mail-exchangers";

type Values = Pick<SpelledRecordSet, "values" | "priority">;

/** `azure-native:dns:RecordSet`, and before that in `network` and its dated modules. */
const NATIVE = /^azure-native:(dns|network)(\/v\w+)?:RecordSet$/;
const CLASSIC = new Map([
  ["azure:dns/txtRecord:TxtRecord", "TXT"],
  ["azure:dns/cNameRecord:CNameRecord", "CNAME"],
  ["azure:dns/mxRecord:MxRecord", "MX"],
]);

/** Record sets at Azure DNS, of both providers: names are relative to the zone, which is named. */
export const azureRecord: HostReader = (resource) => {
  const classic = CLASSIC.get(resource.type);
  if (classic === undefined && !NATIVE.test(resource.type)) {
    return undefined;
  }
  const of = (property: string) => propertyValue(resource, property);
  const set: Pick<SpelledRecordSet, "host" | "zone" | "zoneName"> = {
    host: "Azure DNS",
    zone: orUnknown(of("zoneName")),
    zoneName: orUnknown(of("zoneName")),
  };
  if (classic !== undefined) {
    return { ...set, name: of("name"), type: classic, ttl: of("ttl"), ...classicValues(classic, resource) };
  }
  const type = mapType(of("recordType"));
  const name = of("relativeRecordSetName");
  return { ...set, name, type, ttl: of("ttl"), ...nativeValues(type, resource) };
};

/** In states the type can have the resource's path in front: `Microsoft.Network/dnszones/TXT`. */
function mapType(type: Value | undefined): Value {
  return typeof type === "string" ? (type.split("/").at(-1) ?? type) : orUnknown(type);
}

function classicValues(type: string, resource: Resource): Values {
  const records = items(propertyValue(resource, type === "CNAME" ? "record" : "records"));
  if (type === "MX") {
    return exchangers(records);
  }
  const target = propertyValue(resource, "record");
  return type === "CNAME"
    ? { values: [orUnknown(target)] }
    : { values: records.map((each) => part(each, "value")) };
}

function nativeValues(type: Value, resource: Resource): Values {
  if (type === "MX") {
    return exchangers(items(propertyValue(resource, "mxRecords")));
  }
  if (type === "CNAME") {
    return { values: [part(orUnknown(propertyValue(resource, "cnameRecord")), "cname")] };
  }
  const texts = items(propertyValue(resource, "txtRecords")).map((each) => joined(part(each, "value")));
  const addresses = items(propertyValue(resource, "aRecords")).map((each) => part(each, "ipv4Address"));
  return { values: [...texts, ...addresses] };
}

function exchangers(records: readonly Value[]): Values {
  return withPreferences(records.map((record) => [part(record, "preference"), part(record, "exchange")]));
}

/** A property of a part of the record; what is unknown as a whole is unknown in its parts. */
function part(value: Value, key: string): Value {
  return known(value) ? orUnknown(propertyOf(value, key)) : value;
}

/** The character strings of a TXT record as one text. */
function joined(strings: Value): Value {
  if (!Array.isArray(strings)) {
    return strings;
  }
  return strings.find((each) => !known(each)) ?? strings.map(String).join("");
}
