import * as z from "zod";
import { defineRule } from "../rule";
import { looksRandom } from "./entropy";
import { userDataViolations } from "./user-data-text";

/** A kind of secret that can be told by its look. */
interface SecretKind {
  name: string;
  pattern: RegExp;
}

/** A value that stands for the secret, and is replaced or read later, such as `$PASSWORD` or `<password>`. */
const NO_PLACEHOLDER = "(?![\"']?(?:\\$|<|\\{\\{|%|\\*{3}|x{3}|file:|/))";

const KINDS: readonly SecretKind[] = [
  // https://docs.github.com/en/code-security/secret-scanning: SendGrid keys are SG., 22 and 43 characters.
  { name: "a SendGrid API key", pattern: /\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])/ },
  // IAM User Guide, "IAM identifiers": AKIA for users' keys, ASIA for temporary ones.
  { name: "an AWS access key", pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/ },
  {
    name: "an AWS secret access key",
    pattern: new RegExp(`aws_?secret_?access_?key["']?\\s*[:=]\\s*["']?${NO_PLACEHOLDER}[\\w/+=]{30,}`, "i"),
  },
  { name: "a private key", pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
  // Postfix SASL_README: `host user:password`, a line each.
  {
    name: "a password for smtp_sasl_password_maps",
    pattern: new RegExp(`^[ \\t]*\\[[\\w.-]+\\](?::\\w+)?[ \\t]+[^\\s:#]+:${NO_PLACEHOLDER}\\S+`, "m"),
  },
  {
    name: "a password in smtp_sasl_password_maps",
    pattern: new RegExp(
      `smtp_sasl_password_maps\\s*=[^\\n]*\\b(?:static|inline):\\s*\\{?[^\\s:{}]*[^\\s:]+:${NO_PLACEHOLDER}[^\\s{}]+`,
    ),
  },
  {
    name: "a password in a URL",
    pattern: new RegExp(`\\b[a-z][a-z0-9+.-]*://[^\\s/:@"']+:${NO_PLACEHOLDER}[^\\s/:@"'$]{3,}@`, "i"),
  },
  { name: "a GitHub token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,})/ },
];

export const userDataSecrets = defineRule({
  name: "user-data-secrets",
  title: "No secrets in user data",
  description:
    "A server's user data holds no keys or passwords: every process of the server can read it, and everybody who may describe the instance.",
  remediation:
    "Keep the secret in SSM Parameter Store or Secrets Manager, and let the server fetch it with its role.",
  level: "mandatory",
  severity: "critical",
  scope: "resource",
  settings: z.object({}),
  check: (resources) =>
    userDataViolations(resources, (text) => {
      const found = KINDS.filter(({ pattern }) => pattern.test(text)).map(({ name }) => name);
      // What it is, and never the text itself.
      return found.length === 0 ? undefined : `has ${found.join(", ")}`;
    }),
});

/** A name that says what stands behind it is secret. */
const ASSIGNED =
  /\b[\w-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|credential)[\w-]*["']?\s*[:=]\s*["']?([^\s"'#;,]{12,})/gi;

export const userDataRandom = defineRule({
  name: "user-data-random-text",
  title: "No text in user data that looks like a secret",
  description:
    "User data assigns nothing that looks random to a name such as password, secret or token. It may be a secret of a kind that no pattern knows.",
  remediation: "Fetch the value at boot, or disable this policy where the text is no secret.",
  level: "advisory",
  severity: "high",
  scope: "resource",
  settings: z.object({
    entropy: z
      .number()
      .min(2)
      .max(6)
      .default(3.2)
      .meta({ description: "Bits of entropy a character from which on a text looks random." }),
  }),
  check: (resources, { entropy }) =>
    userDataViolations(resources, (text) => {
      const known = KINDS.some(({ pattern }) => pattern.test(text));
      const random = [...text.matchAll(ASSIGNED)].filter(([, value = ""]) => looksRandom(value, entropy));
      // What a pattern has told already is not said twice.
      return known || random.length === 0
        ? undefined
        : `${random.length} of its values look random and are named like secrets`;
    }),
});
