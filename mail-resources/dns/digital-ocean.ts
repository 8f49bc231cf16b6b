import { unquotedTxt } from "../../components/mail-dns/txt";
import { propertyValue } from "../resource";
import { type HostReader, mapText, orUnknown } from "./host-reader";

/** Records at DigitalOcean: a resource is one record, its name is relative to the domain. */
export const digitalOceanRecord: HostReader = (resource) => {
  if (resource.type !== "digitalocean:index/dnsRecord:DnsRecord") {
    return undefined;
  }
  const of = (property: string) => propertyValue(resource, property);
  const type = of("type");
  const value = orUnknown(of("value"));
  return {
    host: "DigitalOcean",
    zone: orUnknown(of("domain")),
    zoneName: orUnknown(of("domain")),
    name: of("name"),
    fullName: resource.outputs.fqdn,
    type,
    values: [type === "TXT" ? mapText(value, unquotedTxt) : value],
    ttl: of("ttl"),
    priority: of("priority"),
  };
};
