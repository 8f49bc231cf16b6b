import { unquotedTxt } from "../../components/mail-dns/txt";
import { propertyValue } from "../resource";
import { listOf, propertyOf } from "../value";
import { type HostReader, items, mapText, orUnknown, type SpelledRecordSet } from "./host-reader";
import { mailExchangers } from "./mail-exchangers";

/** Record sets at Route 53: all records of a name and type are one resource. An alias has its target as value. */
export const route53Record: HostReader = (resource) => {
  if (resource.type !== "aws:route53/record:Record") {
    return undefined;
  }
  const of = (property: string) => propertyValue(resource, property);
  const type = of("type");
  const set: Omit<SpelledRecordSet, "values"> = {
    host: "Route 53",
    zone: orUnknown(of("zoneId")),
    name: of("name"),
    fullName: resource.outputs.fqdn,
    type,
    ttl: of("ttl"),
  };
  const targets = listOf(of("aliases")).map((alias) => orUnknown(propertyOf(alias, "name")));
  const records = items(of("records"));
  if (targets.length > 0) {
    return { ...set, values: targets };
  }
  if (type === "MX") {
    return { ...set, ...mailExchangers(records) };
  }
  return { ...set, values: type === "TXT" ? records.map((record) => mapText(record, text)) : records };
};

/** The provider takes a text without its outer quotes, and `first 255" "rest` beyond that. */
function text(record: string): string {
  return unquotedTxt(record.startsWith('"') ? record : `"${record}"`);
}
