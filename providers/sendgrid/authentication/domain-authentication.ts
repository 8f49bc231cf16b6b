import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import {
  defineResource,
  type Previewed,
  type PreviewedInputs,
  sameMembers,
  UNKNOWN,
  whenKnown,
} from "../../kit";
import type { SendGridApi } from "../api/api";
import { Region } from "../api/base-url";
import { customSelectorOf, DnsRecord, foreseen, type RecordKey, recordHosts } from "./dns-records";
import { changeIp, type Domain, domains, findDomainByName } from "./domain";
import { domainName, subdomainName } from "./domain-name";
import { subdomainFault } from "./subdomain-fault";

const AUTOMATIC = "With automatic security only.";
const MANUAL = "With manual security only.";

export const DomainAuthentication = defineResource<SendGridApi>()({
  token: "sendgrid:index:DomainAuthentication",
  description: `
A domain that SendGrid may send mail for, and the DNS records that prove it.

Creating it does not make it valid: publish the records, then let a \`DomainValidation\` have SendGrid check them.
Their names are known in the preview, their contents once the domain exists.

A replacement that keeps domain and subdomain deletes the old one first, and mail is not authenticated until the new
records are published and validated. To avoid the gap, change the subdomain too: then both exist for the time.

An account can have one authentication for a domain and subdomain.

API: https://www.twilio.com/docs/sendgrid/api-reference/domain-authentication
`.trim(),
  inputs: z.object({
    domain: domainName.meta({
      description:
        "The domain in the From address, e.g. `example.com`. Labels of up to 63 letters, digits and hyphens, 253 characters in all (RFC 1035). An international name is converted to A-labels: `bücher.example` becomes `xn--bcher-kva.example`, in the outputs too.",
      replace: true,
    }),
    subdomain: subdomainName.meta({
      description:
        "Labels below the domain that become the return path, e.g. `em` for `em.example.com`. Nothing else may have records there. It is required, so that the records' names are known in the preview.",
      replace: true,
    }),
    automaticSecurity: z.boolean().default(true).meta({
      description:
        "Whether SendGrid keeps SPF and DKIM keys, and rotates the keys, behind three CNAME records. Otherwise the records carry the values themselves.",
      replace: true,
    }),
    customDkimSelector: z
      .string()
      .regex(/^[a-z0-9]{3}$/, "must be exactly three characters, each a-z or 0-9")
      .optional()
      .meta({
        description:
          "DKIM selector instead of `s1` and `s2` (automatic) or `m1` (manual): exactly three characters, each a-z or 0-9. With automatic security the second key has the selector with a `2` appended.",
        replace: true,
      }),
    region: Region.default("global").meta({
      description:
        "Where mail for this domain is processed: `global` or `eu`. The API never returns it: after an import, the program's value is taken over.",
      replace: true,
      neverReturned: true,
    }),
    isDefault: z.boolean().optional().meta({
      description:
        "Whether SendGrid falls back to this domain for senders of other domains. Left as it is when not set.",
    }),
    customSpf: z
      .boolean()
      .optional()
      .meta({
        description: `Whether the SPF record lists \`ips\` instead of including SendGrid's. ${MANUAL} Left as it is when not set.`,
      }),
    ips: z.array(z.ipv4("must be an IPv4 address, e.g. 192.0.2.1")).optional().meta({
      description:
        "IPv4 addresses in the custom SPF record, in any order; takes `customSpf: true`. Left as they are when not set.",
      equals: sameMembers,
    }),
    username: z.string().min(1).optional().meta({
      description: "User name of the subuser that the domain belongs to; the account itself when not set.",
      replace: true,
    }),
  }),
  outputs: z.object({
    domainId: z.string().meta({ description: "SendGrid's id of the domain, a number." }),
    isDefault: z.boolean().meta({ description: "Whether SendGrid falls back to this domain." }),
    customSpf: z.boolean().meta({ description: "Whether the SPF record lists `ips`." }),
    ips: z.array(z.string()).meta({ description: "IPv4 addresses in the custom SPF record." }),
    username: z
      .string()
      .meta({ description: "User name of the account or subuser that the domain belongs to." }),
    mailCname: DnsRecord.optional().meta({ description: `Return path. ${AUTOMATIC}` }),
    dkim1: DnsRecord.optional().meta({ description: `First DKIM key. ${AUTOMATIC}` }),
    dkim2: DnsRecord.optional().meta({ description: `Second DKIM key, for rotation. ${AUTOMATIC}` }),
    mailServer: DnsRecord.optional().meta({
      description: `MX of the return path, where bounces go. ${MANUAL}`,
    }),
    subdomainSpf: DnsRecord.optional().meta({ description: `SPF of the return path. ${MANUAL}` }),
    domainSpf: DnsRecord.optional().meta({
      description: `SPF that SendGrid proposes for the domain itself; merge it with what the domain has. ${MANUAL}`,
    }),
    dkim: DnsRecord.optional().meta({ description: `DKIM key. ${MANUAL}` }),
  }),
  rules: [
    {
      properties: ["customSpf", "automaticSecurity"],
      fault: ({ customSpf, automaticSecurity }) =>
        customSpf && automaticSecurity
          ? "is for manual security: set automaticSecurity to false, or leave customSpf out"
          : undefined,
    },
    {
      properties: ["ips", "customSpf"],
      fault: ({ ips, customSpf }) =>
        ips !== undefined && ips.length > 0 && !customSpf
          ? "are for a custom SPF record: set customSpf to true (and automaticSecurity to false), or leave ips out"
          : undefined,
    },
    { properties: ["subdomain", "domain"], fault: subdomainFault },
  ],
  identity: {
    properties: ["domain", "subdomain"],
    find: (operation) => findDomainByName(operation, operation.inputs.domain, operation.inputs.subdomain),
  },
  examples: [
    { domain: "example.com", subdomain: "em" },
    { domain: "example.com", subdomain: "em", isDefault: true },
    { domain: "example.com", subdomain: "em", customDkimSelector: "mta" },
    {
      domain: "example.org",
      subdomain: "bounce",
      automaticSecurity: false,
      customSpf: true,
      ips: ["192.0.2.1"],
    },
    {
      domain: "example.org",
      subdomain: "bounce",
      automaticSecurity: false,
      customSpf: true,
      ips: ["192.0.2.2"],
    },
    { domain: "example.org", subdomain: "bounce", automaticSecurity: false, customSpf: false, ips: [] },
    { domain: "example.org", subdomain: "bounce", region: "eu", username: "team" },
  ],
  preview: (inputs, state) => {
    const { isDefault, customSpf, ips, username } = inputs;
    if (state === undefined) {
      return {
        ...foreseenRecords(inputs),
        isDefault: isDefault ?? UNKNOWN,
        customSpf: customSpf ?? false,
        ips: ips ?? [],
        username: username ?? UNKNOWN,
      };
    }
    const spfChanges = !isDeepStrictEqual(
      [customSpf ?? state.customSpf, ips ?? state.ips],
      [state.customSpf, state.ips],
    );
    return {
      isDefault: isDefault ?? state.isDefault ?? UNKNOWN,
      customSpf: customSpf ?? state.customSpf ?? UNKNOWN,
      ips: ips ?? state.ips ?? UNKNOWN,
      ...(spfChanges && state.subdomainSpf ? { subdomainSpf: foreseen(state.subdomainSpf) } : {}),
    };
  },
  create: async (operation) => {
    const { domain, subdomain, ...inputs } = operation.inputs;
    const created = await domains.create(operation, `${subdomain}.${domain}`, {
      domain,
      subdomain,
      automatic_security: inputs.automaticSecurity,
      custom_dkim_selector: inputs.customDkimSelector,
      region: inputs.region,
      default: inputs.isDefault,
      custom_spf: inputs.customSpf,
      ips: inputs.ips,
      username: inputs.username,
    });
    return { id: created.id, outputs: outputsOf(created) };
  },
  read: async (operation) => {
    const found = await domains.read(operation, ({ id }) => id);
    if (found === undefined) return undefined;
    return {
      inputs: {
        domain: found.domain,
        subdomain: found.subdomain,
        automaticSecurity: found.automatic_security,
        customDkimSelector: customSelectorOf(found.dns),
        isDefault: found.default,
        customSpf: found.custom_spf,
        ips: found.ips,
        username: found.username,
      },
      outputs: outputsOf(found),
    };
  },
  // What is there now is what counts, so that an update that broke off half-way can be finished by the next.
  update: async (operation) => {
    const { id, inputs } = operation;
    const before = await domains.existing(operation, id);
    const { isDefault = before.default, customSpf = before.custom_spf, ips = before.ips } = inputs;
    const removeIps = async () => {
      for (const ip of before.ips.filter((each) => !ips.includes(each)))
        await changeIp(operation, id, "remove", ip);
    };
    // Addresses can be changed only while they are in use.
    if (!customSpf) await removeIps();
    if (isDefault !== before.default || customSpf !== before.custom_spf)
      await domains.change(operation, id, { default: isDefault, custom_spf: customSpf });
    for (const ip of ips.filter((each) => !before.ips.includes(each)))
      await changeIp(operation, id, "add", ip);
    if (customSpf) await removeIps();
    return outputsOf(await domains.existing(operation, id));
  },
  delete: async (operation) => await domains.remove(operation, operation.id),
});

type Inputs = PreviewedInputs<{
  domain: string;
  subdomain: string;
  automaticSecurity: boolean;
  customDkimSelector?: string;
}>;

/** The records of a domain that does not exist yet: names and types are known, the contents are not. */
function foreseenRecords({ domain, subdomain, automaticSecurity, customDkimSelector }: Inputs): {
  [Key in RecordKey]?: Previewed<DnsRecord>;
} {
  const hosts = whenKnown([domain, subdomain, automaticSecurity, customDkimSelector], recordHosts);
  if (hosts === UNKNOWN) return {};
  const record = (key: RecordKey) => hosts[key] && foreseen(hosts[key]);
  return {
    mailCname: record("mailCname"),
    dkim1: record("dkim1"),
    dkim2: record("dkim2"),
    mailServer: record("mailServer"),
    subdomainSpf: record("subdomainSpf"),
    domainSpf: record("domainSpf"),
    dkim: record("dkim"),
  };
}

function outputsOf(domain: Domain) {
  return {
    domainId: domain.id,
    isDefault: domain.default,
    customSpf: domain.custom_spf,
    ips: domain.ips,
    username: domain.username,
    ...domain.dns,
  };
}
