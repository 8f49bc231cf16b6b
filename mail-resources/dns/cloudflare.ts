import { unquotedTxt } from "../../components/mail-dns/txt";
import { propertyValue, type Resource } from "../resource";
import { known, propertyOf, type Value } from "../value";
import { type HostReader, mapText, orUnknown } from "./host-reader";

/** `DnsRecord` of version 6, and `Record` of version 5 and older, whose text is `content` or `value`. */
const TYPES: ReadonlySet<string> = new Set([
  "cloudflare:index/dnsRecord:DnsRecord",
  "cloudflare:index/record:Record",
]);

/** Records at Cloudflare: a resource is one record. */
export const cloudflareRecord: HostReader = (resource) => {
  if (!TYPES.has(resource.type)) {
    return undefined;
  }
  const of = (property: string) => propertyValue(resource, property);
  const type = of("type");
  const content = contentOf(resource);
  return {
    host: "Cloudflare",
    zone: orUnknown(of("zoneId")),
    name: of("name"),
    fullName: resource.outputs.hostname,
    type,
    values: [type === "TXT" ? mapText(content, unquotedTxt) : content],
    ttl: of("ttl"),
    priority: of("priority") ?? propertyOf(of("data"), "priority"),
    proxied: of("proxied"),
  };
};

/** Inputs go before outputs, which of an update are the old ones. */
function contentOf({ inputs, outputs }: Resource): Value {
  const { content, value, data } = inputs;
  return (
    content ?? value ?? (data === undefined ? orUnknown(outputs.content ?? outputs.value) : ofData(data))
  );
}

/** CAA, SRV and the like are given in parts; their text is the parts in the order of the zone file. */
function ofData(data: Value): Value {
  const parts = ["flags", "tag", "weight", "port", "target", "value"]
    .map((key) => propertyOf(data, key))
    .filter((part) => part !== undefined && part !== null);
  return parts.length > 0 && parts.every(known) ? parts.map(String).join(" ") : data;
}
