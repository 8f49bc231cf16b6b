import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { withDeclaredFunctions } from "../../conformance/sdk-declarations";
import { compareSubstitute } from "../../conformance/substitutes";
import { projectRoot } from "../../engine/project-root";
import { defineFunction, defineProvider } from "../../providers/kit";
import { AwsAccount, awsProvider } from "../../sandbox/aws";

const folder = join(projectRoot(), "node_modules/@pulumi/aws");
const nothing = { package: "@pulumi/aws", version: "7.48.0", resources: {}, functions: {}, types: {} };
const functions = awsProvider(new AwsAccount()).functions ?? [];
const token = "aws:route53/getRecords:getRecords";

describe("functions that a schema lacks, read from the SDK's declarations", () => {
  const schema = withDeclaredFunctions(nothing, functions, folder);

  it("have their inputs, what is required of them, and their outputs", () => {
    expect(schema.functions[token]).toEqual({
      inputs: { nameRegex: { type: "string" }, zoneId: { type: "string" } },
      requiredInputs: ["zoneId"],
      outputs: {
        nameRegex: { type: "string" },
        resourceRecordSets: {
          type: "array",
          items: { ref: "output:route53.GetRecordsResourceRecordSet" },
        },
        zoneId: { type: "string" },
      },
    });
  });

  it("have their nested types", () => {
    expect(schema.types["output:route53.GetRecordsResourceRecordSet"]?.properties).toMatchObject({
      ttl: { type: "number" },
      multiValueAnswer: { type: "boolean" },
      resourceRecords: { items: { ref: "output:route53.GetRecordsResourceRecordSetResourceRecord" } },
    });
    expect(schema.types["output:route53.GetRecordsResourceRecordSetResourceRecord"]).toEqual({
      properties: { value: { type: "string" } },
      required: ["value"],
    });
    expect(schema.types["input:ec2.GetAmiFilter"]?.required).toEqual(["name", "values"]);
  });

  it("are what the substitute's functions agree with", () => {
    const substitute = defineProvider({
      name: "aws",
      version: nothing.version,
      config: z.object({}),
      connect: () => new AwsAccount(),
      resources: [],
      functions,
    });
    expect(compareSubstitute(substitute, schema, nothing.version)).toMatchObject({
      functions: functions.length,
      violations: [],
    });
  });

  it("leave what the schema has", () => {
    const own = { [token]: { inputs: {}, requiredInputs: [], outputs: {} } };
    expect(withDeclaredFunctions({ ...nothing, functions: own }, functions, folder).functions[token]).toBe(
      own[token],
    );
  });

  it("are refused where the SDK has none of that name", () => {
    const getNothing = defineFunction<AwsAccount>()({
      token: "aws:route53/getRecords:getNothing",
      inputs: z.object({}),
      outputs: z.object({}),
      call: async () => ({}),
    });
    expect(() => withDeclaredFunctions(nothing, [getNothing], folder)).toThrow(
      "declares no interface GetNothingArgs",
    );
  });
});
