import { once } from "node:events";
import { Listr, type ListrTask } from "listr2";
import { z } from "zod";
import { findEngine } from "../engine/find-engine";
import { checksWith, complaintsOf, SandboxDoctor } from "./doctor";
import type { IdentityKind } from "./identities";
import { type Cloud, type Delivery, Journey, type ServedRecord } from "./journey";
import { lookAround } from "./look-around";
import { currentNetwork } from "./machine/network";
import { renderReport, type SandboxReport } from "./report";
import type { Rotation } from "./rotation";
import { changes, type RunResult } from "./stack-run";
import { stageOptions } from "./stages";
import { DOMAIN } from "./world";

/** The variable that carries the mirror's addresses to the process inside. */
export const MIRROR_VARIABLE = "SMARTHOST_MIRROR";

export interface SandboxOptions {
  debian: 12 | 13;
  identity: IdentityKind;
  /** Breaks this on purpose, shows the error, and mends it. */
  failAt?: "validation" | "smart-host";
  /** Rotates the relay's API key while mail flows. */
  rotate: boolean;
  /** Stays up at the end. */
  keep: boolean;
  /** The report as JSON. */
  json: boolean;
}

/** What the stages find out, for each other and for the report. */
interface Findings {
  preview?: RunResult;
  up?: RunResult;
  records?: ServedRecord[];
  deliveries: Delivery[];
  rotation?: Rotation;
  searched?: string[];
  failure?: string;
  doctor?: SandboxReport["doctor"];
}

/** Runs all stages and prints the report. @returns the exit code */
export async function runInside(options: SandboxOptions): Promise<number> {
  const started = Date.now();
  const findings: Findings = { deliveries: [] };
  const stopped = new AbortController();
  const stop = () => stopped.abort(new Error("stopped by a signal; everything is removed"));
  process.on("SIGINT", stop).on("SIGTERM", stop);
  let progress = (_line: string) => {};
  let journey: Journey | undefined;
  try {
    const { command: engine } = await findEngine();
    journey = await Journey.begin({
      engine,
      debian: options.debian,
      identity: options.identity,
      cloud: cloudOfThisProcess(),
      onProgress: (line) => progress(line),
      signal: stopped.signal,
    });
    const tasks = stages(journey, findings, options).map(
      ({ title, run }): ListrTask => ({
        title,
        task: async (_, task) => {
          stopped.signal.throwIfAborted();
          progress = (line) => {
            task.output = line;
          };
          const outcome = await untilAborted(run(progress), stopped.signal);
          task.title = outcome ? `${title}: ${outcome}` : title;
        },
      }),
    );
    await new Listr(tasks, stageOptions(options)).run();
    const report = reportOf(journey, findings, (Date.now() - started) / 1000);
    console.log(options.json ? JSON.stringify(report, null, 2) : renderReport(report));
    if (options.keep && !stopped.signal.aborted) {
      console.log(lookAround(journey));
      await once(stopped.signal, "abort");
    }
    await journey.destroy();
    return 0;
  } catch (error) {
    console.error(stopped.signal.aborted ? String(stopped.signal.reason.message) : messageOf(error));
    return stopped.signal.aborted ? 130 : 1;
  } finally {
    progress = () => {};
    await journey?.end();
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

interface Stage {
  title: string;
  /** Does it, and says in a few words what came out. */
  run(progress: (line: string) => void): Promise<string>;
}

function stages(journey: Journey, findings: Findings, options: SandboxOptions): Stage[] {
  const { failAt, identity } = options;
  const list: Stage[] = [
    ...(identity === "workspace" ? [refusalOfExisting(journey)] : []),
    {
      title: "First preview of an empty account",
      run: async () => {
        findings.preview = await journey.preview();
        return `${changes(findings.preview).length} resources to create`;
      },
    },
  ];
  if (failAt === "validation") {
    list.push({
      title: "pulumi up with a wrong record in DNS",
      run: async () => {
        const name = `s1._domainkey.${DOMAIN}`;
        const mend = journey.world.tamper(name, "wrong.example.net");
        findings.failure = await expectFailure(journey.up(), /Expected CNAME/i);
        mend();
        return "refused by SendGrid's validation, as it must be; the record is mended";
      },
    });
  }
  list.push(
    {
      title: "pulumi up",
      run: async () => {
        findings.up = await journey.up();
        const made = changes(findings.up).length;
        const promised = changes(findings.preview ?? findings.up).length;
        if (failAt !== "validation" && made !== promised) {
          throw new Error(`the preview promised ${promised} resources, and up made ${made}`);
        }
        return `${made} resources`;
      },
    },
    ...(identity === "workspace" ? [mergeOfExisting(journey)] : []),
    {
      title: "Records as DNS serves them",
      run: async () => {
        findings.records = await journey.servedRecords(findings.preview?.steps ?? []);
        return `${findings.records.length} records`;
      },
    },
    {
      title: "Second preview, refresh, third preview",
      run: async () => {
        await journey.expectNoChange();
        return "no change";
      },
    },
  );
  if (journey.servers) {
    list.push(...serverStages(journey, findings, options));
  }
  if (identity === "workspace") {
    list.push({
      title: "Google Workspace sends for the domain too",
      run: async () => {
        await journey.workspaceMail();
        return "SPF and DMARC pass at the inbox";
      },
    });
  }
  list.push({
    title: "Search for the API keys in clear",
    run: async () => {
      findings.searched = await journey.searchSecrets();
      return `none in ${findings.searched.length} places`;
    },
  });
  return list;
}

function refusalOfExisting(journey: Journey): Stage {
  return {
    title: "Preview where Google Workspace's SPF record exists",
    run: async () => {
      await expectFailure(journey.preview(), /Set spf\.existing to .* Set adopt\.spf to /);
      await journey.adoptWorkspaceSpf();
      return "refused with the settings that adopt and merge it; they are made";
    },
  };
}

function mergeOfExisting(journey: Journey): Stage {
  return {
    title: "The adopted SPF record is merged",
    run: async () => (await journey.mergeWorkspaceSpf()).join(", "),
  };
}

function serverStages(journey: Journey, findings: Findings, { failAt, rotate }: SandboxOptions): Stage[] {
  const list: Stage[] = [
    {
      title: "The server boots from its user data",
      run: async (progress) => {
        await journey.waitForRelay(progress);
        return `${journey.relay().privateIp} takes mail`;
      },
    },
    {
      title: "An application sends a message through the relay",
      run: async () => {
        await journey.send("hello from the sandbox");
        const delivery = await journey.arrival("hello from the sandbox");
        findings.deliveries.push(delivery);
        return "SPF, DKIM and DMARC pass at the inbox";
      },
    },
    doctorStage(journey, findings),
  ];
  if (rotate) {
    list.push({
      title: "The relay's API key is rotated while an application sends",
      run: async (progress) => {
        findings.rotation = await journey.rotateKey(progress);
        const { sent, byOldKey, byNewKey } = findings.rotation;
        return `${sent} messages arrived once, ${byOldKey} by the old key and ${byNewKey} by the new one`;
      },
    });
  }
  if (failAt === "smart-host") {
    list.push({
      title: "The smart host is down while a message comes in",
      run: async (progress) => {
        findings.deliveries.push(await journey.outage(progress));
        return "the message waited, and arrived";
      },
    });
  }
  list.push({
    title: "The server is replaced with a message in its queue",
    run: async (progress) => {
      findings.deliveries.push(await journey.replaceRelay(progress));
      return "the new server delivered it";
    },
  });
  return list;
}

function doctorStage(journey: Journey, findings: Findings): Stage {
  return {
    title: "smarthost doctor looks at the stack",
    run: async () => {
      const doctor = await SandboxDoctor.open(journey);
      try {
        const message = findings.deliveries.at(-1)?.received.raw;
        const report = await doctor.look({ from: "state", message });
        const complaints = complaintsOf(report);
        if (complaints.length > 0) {
          throw new Error(
            complaints.map(({ check, path, message: text }) => `${check}: ${path}: ${text}`).join("\n"),
          );
        }
        findings.doctor = { ok: checksWith(report, "ok"), skipped: checksWith(report, "skipped") };
        return `all green in ${findings.doctor.ok.length} checks`;
      } finally {
        await doctor.close();
      }
    },
  };
}

function reportOf(journey: Journey, findings: Findings, seconds: number): SandboxReport {
  const { preview, records = [], deliveries, rotation, searched = [], failure, doctor } = findings;
  return {
    domain: DOMAIN,
    booted: journey.servers !== undefined,
    resources: (preview ? changes(preview) : [])
      .toSorted((a, b) => a.urn.localeCompare(b.urn))
      .map(({ type, name, inputs }) => ({ type, name, purpose: purposeOf(inputs) })),
    records,
    deliveries: deliveries.map(({ subject, relayed, received }) => ({
      subject,
      from: received.envelope.from,
      relay: relayed.client,
      smartHostPort: relayed.port,
      tls: relayed.tls,
      user: relayed.user,
      authenticationResults: received.authenticationResults,
    })),
    rotation,
    failure,
    doctor,
    searched,
    seconds: Math.round(seconds),
  };
}

const describedSchema = z.object({
  comment: z.string().optional(),
  description: z.string().optional(),
  tags: z.object({ Name: z.string().optional() }).optional(),
});

/** What a resource says of itself, in the words that a reviewer of the preview reads too. */
function purposeOf(inputs: unknown): string {
  const { comment, description, tags } = describedSchema.parse(inputs);
  return comment ?? description ?? tags?.Name ?? "";
}

const mirrorSchema = z.array(z.tuple([z.string(), z.array(z.string())]));

function cloudOfThisProcess(): Cloud | undefined {
  const network = currentNetwork();
  return (
    network && {
      network,
      hosts: new Map(mirrorSchema.parse(JSON.parse(process.env[MIRROR_VARIABLE] ?? "[]"))),
    }
  );
}

/** The operation's result, or the signal's reason as soon as that comes; what runs on is ended by the clean-up. */
function untilAborted<T>(operation: Promise<T>, signal: AbortSignal): Promise<T> {
  operation.catch(() => {});
  return Promise.race([
    operation,
    new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
    ),
  ]);
}

async function expectFailure(operation: Promise<unknown>, reason: RegExp): Promise<string> {
  const message = await operation.then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
  const line = message?.split("\n").find((text) => reason.test(text));
  if (line === undefined) {
    throw new Error(
      message ? `it failed for another reason: ${message}` : "it succeeded, and should have failed",
    );
  }
  return line.trim();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
