import { unquotedTxt } from "../../components/mail-dns/txt";
import { propertyValue } from "../resource";
import { type HostReader, items, mapText, orUnknown } from "./host-reader";
import { mailExchangers } from "./mail-exchangers";

/** Record sets at Google Cloud DNS: names are full names with a final dot. */
export const googleRecord: HostReader = (resource) => {
  if (resource.type !== "gcp:dns/recordSet:RecordSet") {
    return undefined;
  }
  const of = (property: string) => propertyValue(resource, property);
  const type = of("type");
  const records = items(of("rrdatas"));
  return {
    host: "Google Cloud DNS",
    zone: orUnknown(of("managedZone")),
    name: of("name"),
    fullName: of("name"),
    type,
    ttl: of("ttl"),
    ...(type === "MX"
      ? mailExchangers(records)
      : { values: type === "TXT" ? records.map((record) => mapText(record, unquotedTxt)) : records }),
  };
};
