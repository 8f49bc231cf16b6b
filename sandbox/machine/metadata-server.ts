import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AwsAccount } from "../aws/account";
import type { Instance } from "../aws/compute";
import { macOf, SUBNET_CIDR, VPC_CIDR } from "./addresses";
import { type Listening, listen } from "./listening";

/** A request to the metadata service, for the report and for tests. No tokens and no answers in it. */
export interface MetadataRequest {
  instanceId: string | undefined;
  method: string;
  path: string;
  status: number;
}

type Tree = { [name: string]: Tree | string };

/** Seconds; EC2 User Guide, "Use the Instance Metadata Service to access instance metadata". */
const LONGEST_TOKEN_LIFE = 21_600;

/**
 * A substitute for EC2's instance metadata service, version 2 only (`HttpTokens=required`): session tokens by
 * PUT, user data, the metadata that cloud-init reads, and the role's credentials.
 *
 * It knows an instance of the account by the address that asks. The hop limit, IPv6 and the signed identity document are not
 * emulated.
 */
export class MetadataServer {
  readonly requests: MetadataRequest[] = [];
  readonly #tokens = new Map<string, { privateIp: string; expires: number }>();
  readonly #server: Server;

  constructor(private readonly account: AwsAccount) {
    this.#server = createServer((request, response) => {
      const address = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
      const { status, body = "", headers = {} } = this.#answer(request, address);
      this.requests.push({
        instanceId: this.#instanceAt(address)?.id,
        method: request.method ?? "",
        path: request.url ?? "",
        status,
      });
      response.writeHead(status, {
        "content-type": "text/plain",
        "content-length": Buffer.byteLength(body),
        ...headers,
      });
      response.end(body);
    });
  }

  /** Starts to listen; port 0 takes a free one. */
  listen(at: { address: string; port: number }): Promise<Listening> {
    return listen(this.#server, at);
  }

  #answer(request: IncomingMessage, address: string): Answer {
    const instance = this.#instanceAt(address);
    const path = (request.url ?? "").split("?")[0] ?? "";
    if (instance === undefined) {
      return { status: 404 };
    }
    if (path === "/latest/api/token") {
      return this.#issueToken(request, address);
    }
    const token = this.#tokens.get(String(request.headers["x-aws-ec2-metadata-token"]));
    if (token?.privateIp !== address || token.expires <= Date.now()) {
      return { status: 401 };
    }
    const [version = "", ...rest] = path.split("/").filter(Boolean);
    if (!/^(latest|\d{4}-\d\d-\d\d)$/.test(version) || request.method !== "GET") {
      return { status: 404 };
    }
    return lookUp(this.#tree(instance), rest);
  }

  #issueToken(request: IncomingMessage, privateIp: string): Answer {
    const seconds = Number(request.headers["x-aws-ec2-metadata-token-ttl-seconds"]);
    if (request.method !== "PUT") {
      return { status: 405 };
    }
    // A forwarded request comes from outside of the instance: that is the point of version 2.
    if (
      !(seconds >= 1 && seconds <= LONGEST_TOKEN_LIFE) ||
      request.headers["x-forwarded-for"] !== undefined
    ) {
      return { status: 400 };
    }
    const token = randomBytes(40).toString("base64");
    this.#tokens.set(token, { privateIp, expires: Date.now() + seconds * 1_000 });
    return { status: 200, body: token, headers: { "x-aws-ec2-metadata-token-ttl-seconds": String(seconds) } };
  }

  #instanceAt(address: string): Instance | undefined {
    return [...this.account.compute.instances.values()].find(({ privateIp }) => privateIp === address);
  }

  #tree(instance: Instance): Tree {
    const { region, id: accountId } = this.account;
    const { id: instanceId, privateIp, instanceType, image, subnet, networkInterfaceId } = instance;
    const mac = macOf(privateIp);
    const hostName = `ip-${privateIp.replaceAll(".", "-")}.${region}.compute.internal`;
    const document = {
      accountId,
      region,
      instanceId,
      instanceType,
      privateIp,
      availabilityZone: subnet.zone,
    };
    return {
      ...(instance.userData === undefined ? {} : { "user-data": instance.userData }),
      dynamic: { "instance-identity": { document: JSON.stringify({ ...document, imageId: image.id }) } },
      "meta-data": {
        "ami-id": image.id,
        "ami-launch-index": "0",
        "instance-id": instanceId,
        "instance-type": instanceType,
        hostname: hostName,
        "local-hostname": hostName,
        "local-ipv4": privateIp,
        mac,
        placement: { "availability-zone": subnet.zone, region },
        services: { domain: "amazonaws.com", partition: this.account.partition },
        network: {
          interfaces: {
            macs: {
              [mac]: {
                "device-number": "0",
                "interface-id": networkInterfaceId,
                "local-hostname": hostName,
                "local-ipv4s": privateIp,
                mac,
                "owner-id": accountId,
                "subnet-id": subnet.id,
                "subnet-ipv4-cidr-block": SUBNET_CIDR,
                "vpc-id": subnet.vpcId,
                "vpc-ipv4-cidr-block": VPC_CIDR,
                "vpc-ipv4-cidr-blocks": VPC_CIDR,
              },
            },
          },
        },
        ...(instance.targetLifecycleState === undefined
          ? {}
          : { autoscaling: { "target-lifecycle-state": instance.targetLifecycleState } }),
        ...this.#roleTree(instance),
      },
    };
  }

  #roleTree({ id, profile }: Instance): Tree {
    const granted = this.account.credentialsFor(id);
    if (granted === undefined || profile === undefined) {
      return {};
    }
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = granted.credentials;
    const credentials = {
      Code: "Success",
      Type: "AWS-HMAC",
      LastUpdated: new Date().toISOString(),
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: expiration,
    };
    const arn = this.account.iamArn(`instance-profile/${profile}`);
    return {
      iam: {
        info: JSON.stringify({ Code: "Success", InstanceProfileArn: arn }),
        "security-credentials": { [granted.roleName]: JSON.stringify(credentials) },
      },
    };
  }
}

interface Answer {
  status: number;
  body?: string;
  headers?: Record<string, string>;
}

/** A folder lists its names, with a slash after those that are folders themselves. */
function lookUp(tree: Tree, path: string[]): Answer {
  let node: Tree[string] = tree;
  for (const name of path) {
    const next: Tree[string] | undefined =
      typeof node === "object" && Object.hasOwn(node, name) ? node[name] : undefined;
    if (next === undefined) {
      return { status: 404 };
    }
    node = next;
  }
  if (typeof node === "string") {
    return { status: 200, body: node };
  }
  const names = Object.entries(node).map(([name, child]) => (typeof child === "object" ? `${name}/` : name));
  return { status: 200, body: names.join("\n") };
}
