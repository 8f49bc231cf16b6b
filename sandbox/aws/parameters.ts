import { AwsRefusal } from "./refusal";

/** A parameter of SSM Parameter Store. */
export interface Parameter {
  name: string;
  type: "String" | "StringList" | "SecureString";
  value: string;
  description: string | undefined;
  tags: Record<string, string>;
  /** What encrypts a SecureString: the ARN of a customer managed key, or `alias/aws/ssm`; else empty. */
  keyId: string;
  /** Standard takes values of up to 4 KB, Advanced of up to 8 KB. */
  tier: "Standard" | "Advanced";
  /** Rises by one with every value that is written. */
  version: number;
  arn: string;
  /** ISO 8601. */
  lastModified: string;
}

/** What a program can say of a parameter. */
export type ParameterInput = Pick<Parameter, "name" | "type" | "value" | "description" | "tags"> & {
  /** The ARN of a customer managed key for a SecureString. Default: `alias/aws/ssm`. */
  keyId?: string;
  /** Default: the one that it has, at first Standard. */
  tier?: Parameter["tier"];
};

/** SSM Parameter Store. */
export class ParameterStore {
  readonly #parameters = new Map<string, Parameter>();

  /**
   * @param arnPrefix `arn:aws:ssm:REGION:ACCOUNT:parameter`
   * @param onChanged called after a parameter was written or deleted
   */
  constructor(
    private readonly arnPrefix: string,
    private readonly onChanged: (name: string) => void | Promise<void>,
  ) {}

  /** The parameter of this name; undefined when there is none. */
  get(name: string): Parameter | undefined {
    return this.#parameters.get(name);
  }

  /** Writes a parameter. @throws AwsRefusal when it exists and may not be overwritten. */
  async put(input: ParameterInput, options: { overwrite: boolean }): Promise<Parameter> {
    const present = this.#parameters.get(input.name);
    if (present !== undefined && !options.overwrite) {
      throw new AwsRefusal(
        "ParameterAlreadyExists",
        `The parameter ${input.name} already exists. To overwrite this value, set the overwrite option in the request to true.`,
      );
    }
    const parameter: Parameter = {
      ...input,
      keyId: input.type === "SecureString" ? (input.keyId ?? "alias/aws/ssm") : "",
      tier: input.tier ?? present?.tier ?? "Standard",
      version: (present?.version ?? 0) + 1,
      arn: `${this.arnPrefix}${input.name.startsWith("/") ? "" : "/"}${input.name}`,
      lastModified: new Date().toISOString(),
    };
    this.#parameters.set(input.name, parameter);
    await this.onChanged(input.name);
    return parameter;
  }

  async delete(name: string): Promise<void> {
    if (this.#parameters.delete(name)) await this.onChanged(name);
  }
}
