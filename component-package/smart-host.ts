import type * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../components/faults";
import type { DkimDeclaration } from "../components/mail-dns/dkim/record";
import type { RelayPassword } from "../components/postfix-relay/aws/relay-password";
import { type GenericSmartHost, smartHost } from "../components/smart-hosts/generic";
import { internalHost } from "../components/smart-hosts/internal";
import { mailgun, mailjet, postmark, ses } from "../components/smart-hosts/presets";
import { type SendGridSmartHost, sendgrid } from "../components/smart-hosts/sendgrid";
import type { SmartHostEndpoint } from "../components/smart-hosts/smart-host";
import type { DkimArguments, SmartHostArguments } from "./arguments";
import { exactlyOne } from "./exactly-one";

/** The kinds of hosts, by the members of `SmartHost`. */
const KINDS = ["sendgrid", "ses", "mailgun", "postmark", "mailjet", "custom", "internal"] as const;
type Kind = (typeof KINDS)[number];

/** By kind, the property that has the password. */
const PASSWORD: Record<Kind, string> = {
  sendgrid: "apiKey",
  ses: "password",
  mailgun: "password",
  postmark: "secretKey",
  mailjet: "secretKey",
  custom: "password",
  internal: "password",
};

/** By kind, the property that has the user name, where it is not called `user`. */
const USER: Partial<Record<Kind, string>> = { postmark: "accessKey", mailjet: "apiKey" };

/** The property that has a host's password, such as `smartHost.ses.password`. */
export function passwordPath(
  path: string,
  { kind, password }: Pick<MadeSmartHost, "kind" | "password">,
): string {
  const isSecret = typeof password === "object" && "secretArn" in password;
  return isSecret ? `${path}.passwordSecret` : `${path}.${kind}.${PASSWORD[kind]}`;
}

/** A host that mail goes to, as a component takes it. */
export interface MadeSmartHost {
  kind: Kind;
  /** For a `MailRelay`, with what the domain publishes for it; undefined for an internal host, which signs nothing. */
  smartHost: SendGridSmartHost | GenericSmartHost | undefined;
  endpoint: SmartHostEndpoint;
  password: RelayPassword | undefined;
}

/** The host that the arguments describe; what is wrong with its form is added to `faults`. */
export function smartHostOf(args: SmartHostArguments, path: string, faults: Fault[]): MadeSmartHost {
  const wrong = exactlyOne(args, path, KINDS);
  faults.push(...wrong);
  const kind = KINDS.find((each) => args[each] !== undefined) ?? "internal";
  const { text, smartHost: made, endpoint } = make(args, `${path}.${kind}`, faults);
  if (text !== undefined && args.passwordSecret !== undefined) {
    faults.push({
      path: `${path}.passwordSecret`,
      reason: `and ${path}.${kind}.${PASSWORD[kind]} are both given, and one password is needed`,
      next: "Keep one of them.",
    });
  }
  return { kind, smartHost: made, endpoint, password: args.passwordSecret ?? text };
}

interface Made {
  text?: pulumi.Input<string>;
  smartHost?: SendGridSmartHost | GenericSmartHost;
  endpoint: SmartHostEndpoint;
}

function make(args: SmartHostArguments, path: string, faults: Fault[]): Made {
  if (args.sendgrid !== undefined) {
    const { apiKey, ...options } = args.sendgrid;
    const made = sendgrid(options);
    return { text: apiKey, smartHost: made, endpoint: made.endpoint };
  }
  if (args.internal !== undefined) return { endpoint: internalHost(args.internal) };
  const given = args.ses ?? args.mailgun ?? args.postmark ?? args.mailjet ?? args.custom;
  // Without any host, which is a fault already.
  if (given === undefined) return { endpoint: internalHost({ host: "" }) };
  const text = "secretKey" in given ? given.secretKey : "password" in given ? given.password : undefined;
  const made = generic(args, text ?? "", dkimOf(given.dkim, `${path}.dkim`, faults), faults, path);
  return { text, smartHost: made, endpoint: made.endpoint };
}

function generic(
  {
    ses: amazon,
    mailgun: gun,
    postmark: mark,
    mailjet: jet,
    custom = { host: "", user: "" },
  }: SmartHostArguments,
  password: pulumi.Input<string>,
  dkim: DkimDeclaration[],
  faults: Fault[],
  path: string,
): GenericSmartHost {
  if (amazon !== undefined) {
    try {
      return ses({ ...amazon, password, dkim });
    } catch {
      const reason = "is not a region with an endpoint under amazonaws.com";
      const next = "Give the identity's region, such as eu-central-1; for another endpoint use custom.";
      faults.push({ path: `${path}.region`, value: amazon.region, reason, next });
      return ses({ ...amazon, region: "eu-central-1", password, dkim });
    }
  }
  if (gun !== undefined) return mailgun({ ...gun, password, dkim });
  if (mark !== undefined) return postmark({ ...mark, secretKey: password, dkim });
  if (jet === undefined) return smartHost({ ...custom, password, dkim });
  const [first, ...others] = dkim;
  if (first !== undefined) return mailjet({ ...jet, secretKey: password, dkim: [first, ...others] });
  const reason = "is empty, and Mailjet's return path is its own, so that DMARC passes by DKIM alone";
  faults.push({ path: `${path}.dkim`, reason, next: "Give the record that Mailjet shows." });
  const any = { selector: "mailjet", cname: "mailjet" };
  return mailjet({ ...jet, secretKey: password, dkim: [any] });
}

function dkimOf(dkim: DkimArguments[] = [], path: string, faults: Fault[]): DkimDeclaration[] {
  return dkim.map(({ selector, cname, publicKey = "", keyType }, index) => {
    faults.push(
      ...exactlyOne({ cname, publicKey: publicKey || undefined }, `${path}[${index}]`, [
        "cname",
        "publicKey",
      ]),
    );
    return cname === undefined ? { selector, publicKey, keyType } : { selector, cname };
  });
}

/**
 * Faults of a component in the words of this package: its `endpoint` and `password` are inside the host's own member
 * here.
 *
 * @param place where the component has the host, such as `fallbacks[0].endpoint`, and its password
 * @param path where this package has it
 */
export function renamed(
  faults: readonly Fault[],
  place: { endpoint: string; password?: string },
  path: string,
  host: Pick<MadeSmartHost, "kind" | "password">,
): Fault[] {
  return faults.map((fault) => {
    const inPassword = place.password && restOf(fault.path, place.password);
    if (inPassword !== undefined) return { ...fault, path: `${passwordPath(path, host)}${inPassword}` };
    const inEndpoint = restOf(fault.path, place.endpoint);
    if (inEndpoint === undefined) return fault;
    const rest = inEndpoint === ".user" ? `.${USER[host.kind] ?? "user"}` : inEndpoint;
    return { ...fault, path: `${path}.${host.kind}${rest}` };
  });
}

function restOf(path: string, prefix: string): string | undefined {
  const isInside = path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`);
  return isInside ? path.slice(prefix.length) : undefined;
}
