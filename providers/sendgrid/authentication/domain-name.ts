import { domainToASCII } from "node:url";
import * as z from "zod";

/** What is wrong with a domain name by RFC 1035 section 2.3.4 and RFC 1123 section 2.1, or undefined. */
export function domainNameFault(name: string): string | undefined {
  const labels = name.split(".");
  if (name === "") return "is empty: give a domain, such as example.com";
  if (name.endsWith(".")) return `"${name}" ends in a dot: leave it out`;
  if (labels.includes("")) return `"${name}" has an empty label: two dots in a row, or one at the start`;
  const long = labels.find((label) => label.length > 63);
  if (long !== undefined)
    return `has a label of ${long.length} characters, "${long.slice(0, 20)}…": 63 is the most (RFC 1035)`;
  if (name.length > 253) return `has ${name.length} characters: 253 is the most (RFC 1035)`;
  if (name.includes("_"))
    return `"${name}" has an underscore: host names have letters, digits and hyphens only (RFC 1123)`;
  const odd = labels.find((label) => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label));
  if (odd !== undefined)
    return `"${name}" has the label "${odd}": a label has letters, digits and hyphens, with no hyphen at its ends (RFC 1123)`;
  return undefined;
}

/** A name in the form that DNS has it in: lower case, international names as A-labels (RFC 5890). */
export function toAscii(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is what is asked for
  if (/^[\x00-\x7f]*$/.test(name)) return name.toLowerCase();
  return domainToASCII(name) || name;
}

/** A domain that mail is sent from: two labels or more. */
export const domainName = dnsName((name) =>
  name.includes(".") ? undefined : `"${name}" is a single label: give the whole domain, such as example.com`,
);

/** One or more labels below a domain. */
export const subdomainName = dnsName(() => undefined);

function dnsName(extraFault: (name: string) => string | undefined): z.ZodType<string, string> {
  return z
    .string()
    .transform(toAscii)
    .pipe(
      z.string().superRefine((name, context) => {
        const fault = domainNameFault(name) ?? extraFault(name);
        if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
      }),
    );
}
