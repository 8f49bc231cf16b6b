import type { Finding } from "../../../components/mail-dns/finding";
import { excludeEachOther } from "../../../components/mail-dns/record";
import { isSpf } from "../../../components/mail-dns/spf/record";
import { plainText } from "../../plain-text";
import type { SubjectRecord } from "../subject";
import type { Existing } from "./existing-records";

/**
 * What stands in the way of a record, by what DNS tells: the zone guard of the preview says the same with the ids to
 * adopt by, where the DNS host's provider can list the zone. None where what is there may stay.
 */
export function collisionFindings(record: SubjectRecord, existing: readonly Existing[]): Finding[] {
  const { name, type, values = [] } = record;
  const inTheWay = existing.filter((found) =>
    values
      .concat(values.length === 0 ? [""] : [])
      .some((text) => excludeEachOther({ name, type, text }, { name, type: found.type, text: found.value })),
  );
  if (inTheWay.length === 0) {
    return [];
  }
  const finding = (severity: Finding["severity"], message: string, next: string): Finding[] => [
    { severity, path: `${type} ${name}`, message, next },
  ];
  const there = inTheWay.map((one) => `${one.type} ${JSON.stringify(plainText(one.value))}`).join(" and ");
  if (isSame(record, inTheWay)) {
    return finding("info", `DNS has it already as it will be: ${there}`, adopt(record));
  }
  if (inTheWay.some((one) => one.type !== type)) {
    return finding(
      "error",
      `DNS has ${there} there, and a CNAME must be alone at its name (RFC 1034 section 3.6.2)`,
      "Choose another subdomain or selector (`returnPathSubdomain`, `linkSubdomain`, `dkimSelector`), or delete what is there if nothing needs it.",
    );
  }
  const policies = inTheWay.filter(({ value }) => isSpf(value));
  if (record.purpose === "spf" && policies.length > 1) {
    return finding(
      "error",
      `DNS has more than one SPF record there already, which fails every check (RFC 7208 section 4.5): ${there}`,
      `Merge them into one at ${record.host} and delete the others; then ${lower(adopt(record))}`,
    );
  }
  if (record.purpose === "spf") {
    const text = policies[0]?.value ?? "";
    return finding(
      "error",
      `DNS has an SPF record there, and two fail every check (RFC 7208 section 4.5): ${there}`,
      `Set spf.existing to ${JSON.stringify(plainText(text))}, so that it is merged. ${adopt(record)}`,
    );
  }
  return finding("error", `DNS has another one there: ${there}`, adopt(record));
}

function isSame({ type, values = [] }: SubjectRecord, existing: readonly Existing[]): boolean {
  const spelled = (value: string) => (type === "TXT" ? value : value.toLowerCase());
  return (
    existing.length === values.length &&
    existing.every(
      (found) => found.type === type && values.some((value) => spelled(value) === spelled(found.value)),
    )
  );
}

/** How the stack takes a record over: by the id that the DNS host's provider imports. */
function adopt({ host, name, type, purpose }: SubjectRecord): string {
  const key = { spf: "spf", dmarc: "dmarc", "return-path": "return-path" }[String(purpose)] ?? "KEY";
  switch (host) {
    case "Route 53":
      return `Set adopt.${key} to ZONE_${name}_${type}, with the hosted zone's id for ZONE, to take it over as it is.`;
    case "Cloudflare":
      return `Set adopt.${key} to ZONE/RECORD, the ids that \`pulumi preview\` says, to take it over as it is.`;
    default:
      return `Change it at ${host} when you publish the stack's records.`;
  }
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
