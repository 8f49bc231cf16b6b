import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { execa } from "execa";
import { z } from "zod";
import { verifySignature } from "../../sandbox/machine/signature";

export const REGION = "eu-central-1";
export const INSTANCE = "i-0123456789abcdef0";
export const CREDENTIALS = { accessKeyId: "AKIAOPERATOR", secretAccessKey: "secret", sessionToken: "token" };

/** As API reference and document have it: AWS Systems Manager, SendCommand; AWS-RunShellScript. */
const SEND_COMMAND = z.strictObject({
  InstanceIds: z.array(z.string()).length(1),
  DocumentName: z.literal("AWS-RunShellScript"),
  Comment: z.string().max(100),
  TimeoutSeconds: z.int().min(30).max(2_592_000),
  Parameters: z.strictObject({
    commands: z.array(z.string()),
    executionTimeout: z.array(z.string().regex(/^\d{1,6}$/)).length(1),
  }),
});
const GET_INVOCATION = z.strictObject({ CommandId: z.uuid(), InstanceId: z.string() });

/** GetCommandInvocation, "StandardOutputContent" and "StandardErrorContent". */
const LONGEST = { output: 24_000, error: 8_000 };

interface Invocation {
  asked: number;
  result: Promise<{ output: string; error: string; exitCode: number }>;
}

/**
 * A substitute on loopback for Systems Manager and for the agent on the server: it checks signature and shape of the
 * requests, and runs the commands with sh on this machine.
 *
 * Not shown: IAM's decision, the agent and its delays, throttling, and how AWS words its errors.
 */
export class RunCommandSubstitute {
  /** The scripts that were run. */
  readonly scripts: string[] = [];
  /** How commands end, instead of by themselves. */
  endsAs: { Status: string; StatusDetails: string } | undefined;
  /** The error of GetCommandInvocation, instead of an answer. */
  hidesEnd: { code: string; message: string } | undefined;
  readonly #invocations = new Map<string, Invocation>();
  readonly #server = createServer((request, response) => {
    this.#answer(request).then(
      (body) => response.end(JSON.stringify(body)),
      (error: Error) => {
        response.statusCode = 400;
        response.end(JSON.stringify({ __type: error.name, message: error.message }));
      },
    );
  });

  constructor(private readonly env: Record<string, string>) {}

  /** Starts it, and gives the environment that leads AWS's SDK to it. */
  async start(): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as AddressInfo;
    return {
      AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${port}`,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_SESSION_TOKEN: CREDENTIALS.sessionToken,
      AWS_MAX_ATTEMPTS: "1",
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<object> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { method = "", url = "", headers } = request;
    const owner = { instanceId: "", roleName: "", arn: "", credentials: { ...CREDENTIALS, expiration: "" } };
    const verdict = verifySignature(
      { method, url, headers, body },
      { region: REGION, service: "ssm" },
      (key) => (key === CREDENTIALS.accessKeyId ? owner : undefined),
    );
    if (!verdict.valid) throw failure(verdict.code, verdict.message);
    const input: unknown = JSON.parse(body.toString());
    switch (headers["x-amz-target"]) {
      case "AmazonSSM.SendCommand":
        return this.#send(SEND_COMMAND.parse(input));
      case "AmazonSSM.GetCommandInvocation":
        return await this.#invocation(GET_INVOCATION.parse(input));
      default:
        throw failure("UnknownOperationException", String(headers["x-amz-target"]));
    }
  }

  #send({ InstanceIds, Parameters }: z.infer<typeof SEND_COMMAND>): object {
    if (InstanceIds[0] !== INSTANCE) {
      throw failure("InvalidInstanceId", `Instances [[${InstanceIds}]] not in a valid state for account 1`);
    }
    const script = Parameters.commands.join("\n");
    this.scripts.push(script);
    const CommandId = crypto.randomUUID();
    const result = execa("sh", {
      input: script,
      env: this.env,
      reject: false,
      stripFinalNewline: false,
    }).then(({ stdout, stderr, exitCode = -1 }) => ({ output: stdout, error: stderr, exitCode }));
    this.#invocations.set(CommandId, { asked: 0, result });
    return { Command: { CommandId, Status: "Pending" } };
  }

  /** Not known at first, then in progress, then done: as it happens with AWS. */
  async #invocation({ CommandId, InstanceId }: z.infer<typeof GET_INVOCATION>): Promise<object> {
    if (this.hidesEnd !== undefined) throw failure(this.hidesEnd.code, this.hidesEnd.message);
    const invocation = this.#invocations.get(CommandId);
    if (invocation === undefined || invocation.asked++ === 0) throw failure("InvocationDoesNotExist", "");
    if (invocation.asked === 2) return { CommandId, InstanceId, Status: "InProgress" };
    const { output, error, exitCode } = await invocation.result;
    const state = exitCode === 0 ? "Success" : "Failed";
    return {
      ...{ CommandId, InstanceId, ResponseCode: exitCode },
      ...(this.endsAs ?? { Status: state, StatusDetails: state }),
      StandardOutputContent: output.slice(0, LONGEST.output),
      StandardErrorContent: error.slice(0, LONGEST.error),
    };
  }
}

function failure(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
