import * as z from "zod";
import { type Previewed, UNKNOWN } from "../../kit";

/** A DNS record that SendGrid asks for, in the spelling that DNS hosts take. */
export const DnsRecord = z
  .object({
    type: z
      .enum(["A", "CNAME", "MX", "TXT"])
      .meta({ description: "Type of the record.", typeName: "DnsRecordType" }),
    host: z.string().meta({ description: "Full name of the record, lower case, without a trailing dot." }),
    data: z.string().meta({
      description:
        "What the record says: a host name without a trailing dot, or the text of a TXT record, unquoted and in one piece. SendGrid names no priority for its MX record; 10 is customary.",
    }),
  })
  .meta({ typeName: "DnsRecord", description: "A DNS record to publish." });

export type DnsRecord = z.output<typeof DnsRecord>;

/** A DNS record as the API shows it. */
export const ApiRecord = z
  .object({
    type: z
      .string()
      .transform((type) => type.toUpperCase())
      .pipe(DnsRecord.shape.type),
    host: z.string(),
    data: z.string(),
  })
  .transform(
    ({ type, host, data }): DnsRecord => ({
      type,
      host: withoutDot(host).toLowerCase(),
      data: type === "TXT" ? data : withoutDot(data),
    }),
  );

/** A record in a preview, whose contents SendGrid will say. */
export function foreseen({ type, host }: Pick<DnsRecord, "type" | "host">): Previewed<DnsRecord> {
  return { type, host, data: UNKNOWN };
}

/** The `dns` part of an authenticated domain: one key set with automatic security, another with manual. */
export const ApiRecords = z
  .union([
    z.object({ mail_cname: ApiRecord, dkim1: ApiRecord, dkim2: ApiRecord }),
    z.object({ mail_server: ApiRecord, subdomain_spf: ApiRecord, domain_spf: ApiRecord, dkim: ApiRecord }),
  ])
  .transform((dns) =>
    "dkim" in dns
      ? {
          mailServer: dns.mail_server,
          subdomainSpf: dns.subdomain_spf,
          domainSpf: dns.domain_spf,
          dkim: dns.dkim,
        }
      : { mailCname: dns.mail_cname, dkim1: dns.dkim1, dkim2: dns.dkim2 },
  );

/** The records of a domain by their keys, those of its security mode. */
export type KeyedRecords = z.output<typeof ApiRecords>;

export type RecordKey =
  | "mailCname"
  | "dkim1"
  | "dkim2"
  | "mailServer"
  | "subdomainSpf"
  | "domainSpf"
  | "dkim";

/** Where SendGrid puts the records of a domain: known before it has been asked. */
export function recordHosts(
  domain: string,
  subdomain: string,
  automaticSecurity: boolean,
  selector: string | undefined,
): { [Key in RecordKey]?: Pick<DnsRecord, "type" | "host"> } {
  const host = `${subdomain}.${domain}`;
  const key = (label: string) => `${label}._domainkey.${domain}`;
  return automaticSecurity
    ? {
        mailCname: { type: "CNAME", host },
        dkim1: { type: "CNAME", host: key(selector ?? "s1") },
        dkim2: { type: "CNAME", host: key(selector === undefined ? "s2" : `${selector}2`) },
      }
    : {
        mailServer: { type: "MX", host },
        subdomainSpf: { type: "TXT", host },
        domainSpf: { type: "TXT", host: domain },
        dkim: { type: "TXT", host: key(selector ?? "m1") },
      };
}

/** The custom DKIM selector, which the API does not return, as the key's host shows it. */
export function customSelectorOf(records: KeyedRecords): string | undefined {
  const host = records.dkim?.host ?? records.dkim1?.host ?? "";
  const [selector = ""] = host.split(".");
  return ["s1", "m1", ""].includes(selector) ? undefined : selector;
}

const withoutDot = (name: string) => name.replace(/\.$/, "");
