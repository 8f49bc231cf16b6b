import { inspectDkim } from "../../../components/mail-dns/dkim/inspect";
import { parseDkim } from "../../../components/mail-dns/dkim/key-record";
import { type DkimKeyType, readPublicKey } from "../../../components/mail-dns/dkim/public-key";
import type { Finding } from "../../../components/mail-dns/finding";
import { plainText } from "../../plain-text";
import { count } from "../../quantities";
import { type Check, type DoctorWorld, resultOf, skipped } from "../check";
import { goneIdentities, wantedRecords } from "../sendgrid/identity-answers";
import type { Subject, SubjectRecord } from "../subject";
import { isServed } from "./sightings";

/** The DKIM keys that receivers get, at the end of CNAMEs too, and whether SendGrid signs with what is published. */
export const dkim: Check = {
  name: "dkim",
  title: "DKIM keys",
  async run(subject, world) {
    const gone = await goneIdentities(subject, world);
    const records = subject.domains
      .filter(({ domain }) => !gone.some((identity) => identity.domain === domain))
      .flatMap((domain) => domain.records)
      .filter(({ purpose, planned }) => purpose === "dkim" && !planned);
    const served = await Promise.all(records.map((record) => isServed(record, world)));
    const there = records.filter((_, index) => served[index]);
    if (there.length === 0) {
      return skipped(
        records.length > 0
          ? "no DKIM key of the stack's is in DNS as declared; DNS records says what is wrong"
          : gone.length > 0
            ? "SendGrid has the identity no more, and with it no key"
            : "no DKIM key of the stack's is published yet",
      );
    }
    const looked = await Promise.all(there.map((record) => lookAt(record, subject, world)));
    return resultOf(
      looked.flatMap(({ findings }) => findings),
      `${count(there.length, "key")}: ${looked.map(({ strength }) => strength).join(", ")}`,
    );
  },
};

interface Looked {
  findings: Finding[];
  /** Such as "RSA 2048". */
  strength: string;
}

async function lookAt(record: SubjectRecord, subject: Subject, world: DoctorWorld): Promise<Looked> {
  const { name, type } = record;
  const finding = (severity: Finding["severity"], message: string, next: string): Finding => ({
    severity,
    path: name,
    message,
    next,
  });
  const differs = await differenceFromSendGrid(record, subject, world);
  if (differs) {
    return { findings: [differs], strength: "not SendGrid's" };
  }
  const leadsTo = type === "CNAME" ? ` at the end of the CNAME to ${record.values?.join(", ")}` : "";
  let texts: string[];
  try {
    texts = (await world.resolvers[0].resolver.lookUp(name, "TXT")).records;
  } catch (error) {
    const reason = plainText(error instanceof Error ? error.message : String(error));
    const next = "Run the doctor again; if it stays so, see why the key's zone does not answer.";
    return {
      findings: [finding("warning", `nobody tells the key${leadsTo}: ${reason}`, next)],
      strength: "unknown",
    };
  }
  const [text] = texts;
  if (text === undefined) {
    const next =
      "Validate the domain again at SendGrid, which publishes the key there: `pulumi up --refresh`.";
    return {
      findings: [finding("error", `there is no key${leadsTo}; what is signed with it fails`, next)],
      strength: "none",
    };
  }
  if (texts.length > 1) {
    const message = `there are ${texts.length} texts${leadsTo}, and verifiers take any of them (RFC 6376 section 3.6.2.2)`;
    return {
      findings: [finding("error", message, "Delete all but the key that signs.")],
      strength: "several",
    };
  }
  const findings = inspectDkim(text, name).filter(({ severity }) => severity !== "info");
  return { findings, strength: strengthOf(text, name) };
}

/** What SendGrid wants at the name now, where it is not what the stack published. */
async function differenceFromSendGrid(
  { name, type, values = [] }: SubjectRecord,
  subject: Subject,
  world: DoctorWorld,
): Promise<Finding | undefined> {
  const wanted = (await wantedRecords(subject, world)).find(({ host }) => host === name);
  const same = (one: string, other: string) => one.replace(/\s+/g, "") === other.replace(/\s+/g, "");
  if (wanted === undefined || (wanted.type === type && values.some((value) => same(value, wanted.data)))) {
    return undefined;
  }
  return {
    severity: "error",
    path: name,
    message: `SendGrid signs with the key behind ${wanted.type} ${JSON.stringify(plainText(wanted.data.slice(0, 120)))}, and something else is published: the domain was authenticated anew outside the stack`,
    next: "Run `pulumi up --refresh`, which publishes SendGrid's present records.",
  };
}

function strengthOf(text: string, name: string): string {
  const { record } = parseDkim(text, name);
  const keyType: DkimKeyType | undefined =
    record && ({ rsa: "rsa", ed25519: "ed25519" } as const)[record.k ?? "rsa"];
  const key = record && keyType && readPublicKey(record.p, keyType);
  return key && "bits" in key ? (keyType === "rsa" ? `RSA ${key.bits}` : "Ed25519") : "unreadable";
}
