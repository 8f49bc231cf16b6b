import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import { z } from "zod";
import type { Principal } from "../aws/access";
import type { AwsAccount } from "../aws/account";
import { type Answer, failure } from "./aws-answer";
import { answerFleetCall, fleetServiceOf } from "./fleet-api";
import { type Listening, listen } from "./listening";
import { getSecretValue } from "./secrets-api";
import { verifySignature } from "./signature";

/** A call to the API, for the report and for tests. Neither keys nor values in it. */
export interface AwsCall {
  action: string;
  resource: string;
  roleName: string | undefined;
  /** "Success" or AWS's error code. */
  outcome: string;
}

/** One value that CloudWatch took. */
export interface MetricDatum {
  namespace: string;
  name: string;
  value: number;
  /** `Relay=relay.example.com` */
  dimension: string;
}

const GET_PARAMETER = z.strictObject({ Name: z.string(), WithDecryption: z.boolean().optional() });
/** KMS's words, as SSM passes them on. */
const KEY_REFUSED =
  "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.";
const LONGEST_BODY_BYTES = 65_536;

/**
 * A substitute for AWS's API as the server uses it: SSM's GetParameter, Secrets Manager's GetSecretValue and
 * CloudWatch's PutMetricData over TLS, with the signature verified and the role's policy evaluated, also for the use of a
 * customer managed key. Nothing is encrypted, keys have no policy of their own, and there is no other action.
 */
export class AwsApi {
  readonly calls: AwsCall[] = [];
  /** What CloudWatch took, oldest first. */
  readonly metrics: MetricDatum[] = [];
  /** While it is set, every signed or unsigned request gets this error; for tests of an API that is unwell. */
  failure: { status: number; code: string; message: string } | undefined;
  readonly #server: Server;

  /** @param certificate key and certificate chain (PEM) for `ssm` and `monitoring` of `<region>.amazonaws.com` */
  constructor(
    certificate: { key: string; cert: string },
    private readonly account: AwsAccount,
  ) {
    this.#server = createServer(certificate, async (request, response) => {
      const { status, body } = await this.#answer(request).catch(
        (error: unknown): Answer => failure(500, "InternalServerError", String(error)),
      );
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(body));
    });
  }

  /** Starts to listen; port 0 takes a free one. */
  listen(at: { address: string; port: number }): Promise<Listening> {
    return listen(this.#server, at);
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const body = await read(request);
    const isMonitoring = String(request.headers.host ?? "").startsWith("monitoring.");
    const isSecrets = String(request.headers.host ?? "").startsWith("secretsmanager.");
    const fleet = fleetServiceOf(request.headers.host);
    const target = isMonitoring ? "PutMetricData" : String(request.headers["x-amz-target"] ?? "");
    if (this.failure !== undefined) {
      const { status, code, message } = this.failure;
      this.calls.push({ action: target, resource: "", roleName: undefined, outcome: code });
      return failure(status, code, message);
    }
    const verdict = verifySignature(
      { method: request.method ?? "", url: request.url ?? "/", headers: request.headers, body },
      {
        region: this.account.region,
        service: fleet ?? (isMonitoring ? "monitoring" : isSecrets ? "secretsmanager" : "ssm"),
      },
      (accessKeyId) => this.account.principalOf(accessKeyId),
    );
    if (!verdict.valid) {
      this.calls.push({ action: target, resource: "", roleName: undefined, outcome: verdict.code });
      return failure(400, verdict.code, verdict.message);
    }
    if (fleet !== undefined) {
      const form = new URLSearchParams(body.toString("utf8"));
      const answer = answerFleetCall(this.account, fleet, form, verdict.principal);
      const { action, resource } = answer;
      const outcome = answer.status === 200 ? "Success" : String(answer.body.__type);
      this.calls.push({ action, resource, roleName: verdict.principal.roleName, outcome });
      return answer;
    }
    if (isMonitoring) {
      return this.#putMetricData(new URLSearchParams(body.toString("utf8")), verdict.principal);
    }
    if (target !== (isSecrets ? "secretsmanager.GetSecretValue" : "AmazonSSM.GetParameter")) {
      return failure(400, "UnknownOperationException", `the sandbox does not have ${target || "this"}`);
    }
    const answer = isSecrets
      ? getSecretValue(this.account, parseJson(body), verdict.principal)
      : this.#getParameter(body, verdict.principal);
    this.calls.push({
      action: isSecrets ? "secretsmanager:GetSecretValue" : "ssm:GetParameter",
      resource: answer.resource,
      roleName: verdict.principal.roleName,
      outcome: answer.status === 200 ? "Success" : String(answer.body.__type),
    });
    return answer;
  }

  #putMetricData(form: URLSearchParams, principal: Principal): Answer {
    const namespace = form.get("Namespace") ?? "";
    const allowed = this.account.isAllowed(principal, "cloudwatch:PutMetricData", "*", {
      "cloudwatch:namespace": namespace,
    });
    const outcome = allowed ? "Success" : "AccessDenied";
    const { roleName } = principal;
    this.calls.push({ action: "cloudwatch:PutMetricData", resource: namespace, roleName, outcome });
    if (!allowed || form.get("Action") !== "PutMetricData") {
      return failure(403, "AccessDenied", `${principal.arn} may not send metrics to ${namespace}`);
    }
    for (let member = 1; form.has(`MetricData.member.${member}.MetricName`); member += 1) {
      const field = (name: string) => form.get(`MetricData.member.${member}.${name}`) ?? "";
      const dimension = `${field("Dimensions.member.1.Name")}=${field("Dimensions.member.1.Value")}`;
      this.metrics.push({ namespace, name: field("MetricName"), value: Number(field("Value")), dimension });
    }
    return { status: 200, body: {} };
  }

  #getParameter(body: Buffer, principal: Principal): Answer & { resource: string } {
    const input = GET_PARAMETER.safeParse(parseJson(body));
    if (!input.success) {
      return { ...failure(400, "ValidationException", z.prettifyError(input.error)), resource: "" };
    }
    const { Name: name, WithDecryption: decrypt = false } = input.data;
    const resource = this.account.arn("ssm", `parameter/${name.replace(/^\//, "")}`);
    if (!this.account.isAllowed(principal, "ssm:GetParameter", resource)) {
      const message = `User: ${principal.arn} is not authorized to perform: ssm:GetParameter on resource: ${resource}`;
      return { ...failure(400, "AccessDeniedException", message), resource };
    }
    const parameter = this.account.getParameter(name);
    if (parameter === undefined) {
      return { ...failure(400, "ParameterNotFound", ""), resource };
    }
    if (decrypt && !this.account.mayDecrypt(principal, parameter)) {
      return { ...failure(400, "AccessDeniedException", KEY_REFUSED), resource };
    }
    const { type, value, version } = parameter;
    const shown = type === "SecureString" && !decrypt ? "(encrypted)" : value;
    return {
      status: 200,
      body: { Parameter: { ARN: resource, Name: name, Type: type, Value: shown, Version: version } },
      resource,
    };
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LONGEST_BODY_BYTES) {
      throw new Error("the request's body is too long");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
