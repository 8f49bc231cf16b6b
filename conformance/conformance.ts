import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Engine } from "../engine/find-engine";
import { projectRoot } from "../engine/project-root";
import type { Provider } from "../providers/kit";
import { AwsAccount, awsProvider } from "../sandbox/aws";
import { CloudflareAccount, cloudflareProvider } from "../sandbox/cloudflare";
import { Zones } from "../sandbox/dns";
import { Journey } from "../sandbox/journey";
import type { Exchange } from "../sandbox/sendgrid";
import { CONTRADICTIONS } from "./contradictions";
import { checkExchanges, type ExchangeReport } from "./exchanges";
import { functionsNamed, resourcesNamed, runLifeCycle } from "./life-cycle";
import { Specification } from "./openapi";
import { type ProviderSchema, readProviderSchema } from "./provider-schema";
import { recordRefusals } from "./refusals";
import { withDeclaredFunctions } from "./sdk-declarations";
import { compareSubstitute, type SubstituteReport } from "./substitutes";
import { checkInputs } from "./values";
import type { Violation } from "./violation";

export interface ConformanceReport {
  substitutes: SubstituteReport[];
  /** The inputs that the stack of a new account gives. */
  stack: { resources: number; inputs: number; violations: Violation[] };
  sendgrid: ExchangeReport;
}

export interface ConformanceOptions {
  engine: Engine;
  /** Folder with aws.json and cloudflare.json: properties and replace rules of the real providers. */
  schemas: string;
  /** Folder with SendGrid's OpenAPI files. */
  openapi: string;
  onStep: (what: string) => void;
}

/** Compares what the project has put in the real services' place with what is published about these. */
export async function checkConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const { engine, schemas, openapi, onStep } = options;
  const [aws, cloudflare, specification] = await Promise.all([
    readProviderSchema(join(schemas, "aws.json")),
    readProviderSchema(join(schemas, "cloudflare.json")),
    Specification.read(openapi),
  ]);
  onStep("substitutes");
  const substitutes = [
    compareInstalled(awsProvider(new AwsAccount()), aws),
    compareInstalled(cloudflareProvider(new CloudflareAccount([], new Zones())), cloudflare),
  ];
  onStep("the stack of a new account");
  const { stack, exchanges } = await runStack(engine, { aws, cloudflare });
  const resources = resourcesNamed();
  const life = await runLifeCycle({
    engine: engine.command,
    resources,
    functions: functionsNamed(),
    onStep: (what) => onStep(`SendGrid: ${what}`),
  });
  onStep("SendGrid: refusals");
  const recorded = [...life.exchanges, ...(await recordRefusals(resources))];
  return {
    substitutes,
    stack,
    sendgrid: checkExchanges([...exchanges, ...recorded], specification, CONTRADICTIONS),
  };
}

/** Runs the real stack once, up and down, and checks the inputs of its resources. */
async function runStack(
  { command }: Engine,
  schemas: Record<string, ProviderSchema>,
): Promise<{ stack: ConformanceReport["stack"]; exchanges: Exchange[] }> {
  const journey = await Journey.begin({ engine: command, debian: 13 });
  try {
    const { steps } = await journey.up();
    const { exchanges } = journey.world.sendgrid.api;
    await journey.destroy();
    const foreign = steps.flatMap(({ type, inputs }) => {
      const schema = schemas[type.split(":")[0] ?? ""];
      return schema === undefined ? [] : [{ type, inputs, schema }];
    });
    const stack = {
      resources: foreign.length,
      inputs: foreign.reduce((sum, { inputs }) => sum + Object.keys(inputs).length, 0),
      violations: foreign.flatMap(({ type, inputs, schema }) => checkInputs(type, inputs, schema)),
    };
    return { stack, exchanges: exchanges() };
  } finally {
    await journey.end();
  }
}

/** Compares with the schema, and with the SDK in use: its version, and functions that the schema lacks. */
function compareInstalled<Session>(substitute: Provider<Session>, real: ProviderSchema): SubstituteReport {
  const folder = join(projectRoot(), "node_modules", real.package);
  const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const { version } = z.object({ version: z.string() }).parse(manifest);
  const completed = withDeclaredFunctions(real, substitute.functions ?? [], folder);
  return compareSubstitute(substitute, completed, version);
}
