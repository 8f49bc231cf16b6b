import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { AwsAccount } from "../../sandbox/aws/account";
import { type SignedRequest, verifySignature } from "../../sandbox/machine/signature";
import { accountWithInstance } from "./account";

/** An example of AWS's documentation (Amazon S3, "Signature Calculations: Transferring Payload in a Single Chunk"). */
const EXAMPLE = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  sessionToken: "",
  expiration: "2099-01-01T00:00:00Z",
};
const principal = { instanceId: "i-1", roleName: "r", arn: "arn", credentials: EXAMPLE };
const request: SignedRequest = {
  method: "GET",
  url: "/?lifecycle",
  headers: {
    host: "examplebucket.s3.amazonaws.com",
    "x-amz-date": "20130524T000000Z",
    "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    authorization:
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  body: Buffer.alloc(0),
};
const expected = { region: "us-east-1", service: "s3" };
const then = Date.UTC(2013, 4, 24);
const verify = (changes: Partial<SignedRequest> = {}, now = then) =>
  verifySignature(
    { ...request, ...changes },
    expected,
    (key) => (key === EXAMPLE.accessKeyId ? principal : undefined),
    now,
  );

let account: AwsAccount;
beforeAll(async () => {
  ({ account } = await accountWithInstance());
});

test("AWS's own example is valid", () => {
  expect(verify()).toEqual({ valid: true, principal });
});

test("it is no longer valid after five minutes", () => {
  expect(verify({}, then + 5 * 60_000)).toMatchObject({ valid: true });
  expect(verify({}, then + 5 * 60_000 + 1)).toMatchObject({
    valid: false,
    code: "InvalidSignatureException",
  });
});

test.each<[what: string, changes: Partial<SignedRequest>]>([
  ["body", { body: Buffer.from("x") }],
  ["method", { method: "PUT" }],
  ["path", { url: "/x?lifecycle" }],
  ["query", { url: "/?policy" }],
  ["signed header", { headers: { ...request.headers, host: "other.s3.amazonaws.com" } }],
])("a changed %s is noticed", (_what, changes) => {
  expect(verify(changes)).toMatchObject({ valid: false, code: "InvalidSignatureException" });
});

test("a target that is not signed is refused, because it decides what the request does", () => {
  const headers = { ...request.headers, "x-amz-target": "AmazonSSM.GetParameter" };
  expect(verify({ headers })).toMatchObject({ valid: false, message: "not signed: x-amz-target" });
});

test("no header of any kind makes it valid or makes it fail otherwise than by a verdict", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (authorization) => {
      const headers = { ...request.headers, authorization };
      const verdict = verifySignature(
        { ...request, headers },
        expected,
        (key) => account.principalOf(key),
        then,
      );
      expect(verdict.valid).toBe(false);
    }),
  );
});
