import { createPublicKey } from "node:crypto";
import fc from "fast-check";
import { dkimName, dkimText } from "../../../components/mail-dns/dkim/record";
import type { DmarcSettings } from "../../../components/mail-dns/dmarc/settings";
import { parseDomainName } from "../../../components/mail-dns/domain-name";
import type { MailDnsSettings } from "../../../components/mail-dns/plan";
import type { MailRecord, MailRecordType } from "../../../components/mail-dns/record";
import type { SpfSettings } from "../../../components/mail-dns/spf/settings";
import { parkedDns } from "../../../components/parked-domain/records";

/** So that selectors and the domains of report addresses fit beside it into the 253 characters of a name. */
const LONGEST_DOMAIN = 170;

const label = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z0-9][A-Za-z0-9]?([a-z0-9-]{0,60}[a-z0-9])?$/) },
  { weight: 1, arbitrary: fc.constantFrom("bücher", "straße", "пример", "例え", "مثال", "ελλάδα", "mañana") },
);
/** Labels for in front of a top-level domain, from one to as many as fit. */
const labels = fc
  .oneof(
    { weight: 3, arbitrary: fc.array(label, { minLength: 1, maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc.array(fc.oneof(fc.stringMatching(/^[a-z0-9]{1,3}$/), label), {
        minLength: 9,
        maxLength: 50,
      }),
    },
  )
  .map((all) => {
    const fits = (from: number) => parseDomainName(`${all.slice(from).join(".")}.tld`, "").name.length;
    const from = all.findIndex((_, index) => fits(index) <= LONGEST_DOMAIN);
    return all.slice(from).join(".");
  });
const host = fc.stringMatching(/^[a-z]{1,8}(\.[a-z]{1,8}){0,3}\.org$/);
const local = fc.stringMatching(/^[A-Za-z0-9#$%&'*+/=?^_`{|}~-]{1,20}$/);

const range = fc.oneof(
  fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 })).map(([address, prefix]) => `${address}/${prefix}`),
  fc
    .tuple(fc.nat(0xffff), fc.integer({ min: 1, max: 128 }))
    .map(([group, prefix]) => `2001:db8:${group.toString(16)}::/${prefix}`),
);
const spf: fc.Arbitrary<SpfSettings> = fc.oneof(
  fc.record(
    {
      include: fc.array(host, { maxLength: 3 }),
      addresses: fc.array(range, { maxLength: 4 }),
      a: fc.array(host, { maxLength: 2 }),
      mx: fc.constant(true as const),
      all: fc.constantFrom("softfail" as const, "fail" as const, "neutral" as const),
      existing: fc.constantFrom("v=spf1 ~all", "v=spf1 mx include:_spf.example.org -all"),
    },
    { requiredKeys: [] },
  ),
  fc.record({ redirect: host }),
  // Longer than one character string.
  fc.record({ addresses: fc.array(range, { minLength: 20, maxLength: 60 }) }),
);

const policy = fc.constantFrom("none" as const, "quarantine" as const, "reject" as const);
const alignment = fc.constantFrom("relaxed" as const, "strict" as const);
const dmarc: fc.Arbitrary<DmarcSettings> = fc.record(
  {
    policy,
    subdomainPolicy: policy,
    nonexistentSubdomainPolicy: policy,
    dkimAlignment: alignment,
    spfAlignment: alignment,
    testing: fc.boolean(),
    publicSuffix: fc.boolean(),
    failureReporting: fc.constantFrom("any-fail" as const, ["dkim" as const, "spf" as const]),
  },
  { requiredKeys: [] },
);

/** A key record with a key whose private one nobody has, so that making it takes no time. */
const dkim = fc
  .constantFrom(1024, 2048, 3072, 4096)
  .chain((bits) => fc.uint8Array({ minLength: bits / 8, maxLength: bits / 8 }))
  .map((octets) => {
    const n = Buffer.from([(octets[0] ?? 0) | 0x80, ...octets.subarray(1)]).toString("base64url");
    const key = createPublicKey({ key: { kty: "RSA", n, e: "AQAB" }, format: "jwk" });
    return dkimText(key.export({ type: "spki", format: "der" }).toString("base64"));
  });
/** What a zone file has to escape, and texts of several character strings. */
const text = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 600,
  }),
  fc.string({ unit: fc.constantFrom(...'\\"; ()@$019'), maxLength: 600 }),
);

/** A record; `below` goes in front of the domain. */
type Draft = [below: string, type: MailRecordType, value: string, priority?: number];
const sending: fc.Arbitrary<Draft[]> = fc
  .tuple(
    fc.array(dkim, { maxLength: 3 }),
    fc.array(text, { maxLength: 3 }),
    fc.array(host, { maxLength: 2 }),
    fc.array(fc.tuple(host, fc.nat(0xffff)), { maxLength: 2 }),
    fc.option(text),
  )
  .map(([keys, texts, aliases, exchangers, wildcard]) => [
    ...keys.map((value, index): Draft => [dkimName(`K${index}.x`, ""), "TXT", value]),
    // Several at one name, the domain's own, beside its SPF record.
    ...texts.map((value, index): Draft => ["", "TXT", `${index}=${value}`]),
    ...texts.slice(1).map((value, index): Draft => [`text${index}.`, "TXT", value]),
    ...aliases.map((value, index): Draft => [dkimName(`s${index}`, ""), "CNAME", value]),
    ...exchangers.map(([value, priority], index): Draft => [`em${index}.`, "MX", value, priority]),
    ...(wildcard === null ? [] : [["*.any.", "TXT", wildcard] satisfies Draft]),
  ]);

/**
 * Settings without faults. Each is a function of a number, so that no two of them share a name: the number is in the
 * top-level domain.
 */
export const generatedSettings: fc.Arbitrary<(number: number) => MailDnsSettings<string>> = fc
  .record({
    labels,
    isParked: fc.boolean(),
    receives: fc.boolean(),
    sending,
    spf: fc.option(spf, { nil: undefined }),
    dmarc: fc.oneof(dmarc, fc.constant(false as const)),
    /** Addresses in the domain itself and in others, whose zones are served too. */
    reports: fc.array(fc.tuple(local, fc.option(host)), { maxLength: 3 }),
  })
  .map((given) => (number) => {
    const domain = `${given.labels}.own${number}`;
    const { name } = parseDomainName(domain, "domain");
    const destinations = given.reports.map(([, other]) =>
      other === null ? name : `${other}.report${number}`,
    );
    const reportsTo = given.reports.map(([mailbox], index) => `${mailbox}@${destinations[index]}`);
    const own: MailDnsSettings<string> = given.isParked
      ? parkedDns({ domain, reportsTo, receives: given.receives })
      : {
          domain,
          records: given.sending.map(
            ([below, type, value, priority], index): MailRecord => ({
              key: `record${index}`,
              purpose: `Record ${index}`,
              name: below + name,
              type,
              value,
              priority,
            }),
          ),
          spf: given.spf,
          dmarc: given.dmarc && { ...given.dmarc, reportsTo },
        };
    return { ...own, reportDomains: destinations };
  });
