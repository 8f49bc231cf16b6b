import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Credentials, Principal } from "../aws/access";

/** A request as far as its signature covers it. Header names in lower case, as Node gives them. */
export interface SignedRequest {
  method: string;
  /** Path and query as sent. */
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** What the signature says, or AWS's error code and what is wrong. */
export type Verdict = { valid: true; principal: Principal } | { valid: false; code: string; message: string };

/** Requests older or newer than this are refused (AWS, "Signature Version 4": 5 minutes for most services). */
const LARGEST_SKEW_MS = 5 * 60_000;

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})$/;

/**
 * Verifies an AWS Signature Version 4 (AWS IAM User Guide, "Create a signed AWS API request"): date, region,
 * service, session token, and that the headers that decide what the request does are signed.
 *
 * @param expected region and service that this endpoint stands for
 * @param principalOf whose access key it is; undefined when nobody's, or when it expired
 */
export function verifySignature(
  request: SignedRequest,
  expected: { region: string; service: string },
  principalOf: (accessKeyId: string) => Principal | undefined,
  now: number = Date.now(),
): Verdict {
  const header = (name: string) => String(request.headers[name] ?? "");
  if (header("authorization") === "") {
    return invalid("MissingAuthenticationTokenException", "the request is not signed");
  }
  const parsed = AUTHORIZATION.exec(header("authorization"));
  if (parsed === null) {
    return invalid("IncompleteSignatureException", "the Authorization header is not of AWS4-HMAC-SHA256");
  }
  const [, accessKeyId = "", day = "", region = "", service = "", signedList = "", signature = ""] = parsed;
  if (region !== expected.region || service !== expected.service) {
    return invalid(
      "InvalidSignatureException",
      `the request is signed for ${service} in ${region}, this is ${expected.service} in ${expected.region}`,
    );
  }
  const date = header("x-amz-date");
  const time = parseDate(date);
  if (!date.startsWith(day) || !(Math.abs(now - time) <= LARGEST_SKEW_MS)) {
    return invalid("InvalidSignatureException", "the request's date is not now");
  }
  const principal = principalOf(accessKeyId);
  if (principal === undefined || header("x-amz-security-token") !== principal.credentials.sessionToken) {
    return invalid("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  const signed = signedList.split(";");
  const unsigned = ["host", "x-amz-date", "x-amz-security-token", "x-amz-target"].filter(
    (name) => request.headers[name] !== undefined && !signed.includes(name),
  );
  if (unsigned.length > 0) {
    return invalid("InvalidSignatureException", `not signed: ${unsigned.join(", ")}`);
  }
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", date, scope, sha256(canonicalRequest(request, signed))].join("\n");
  const right = hmac(signingKey(principal.credentials, day, region, service), text);
  return timingSafeEqual(right, Buffer.from(signature, "hex"))
    ? { valid: true, principal }
    : invalid("InvalidSignatureException", "the signature does not match");
}

function canonicalRequest({ method, url, headers, body }: SignedRequest, signed: string[]): string {
  const { pathname, searchParams } = new URL(url, "http://host");
  const query = [...searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const lines = signed.map(
    (name) =>
      `${name}:${String(headers[name] ?? "")
        .trim()
        .replace(/ +/g, " ")}`,
  );
  const path = pathname.split("/").map(encode).join("/");
  return [method, path, query, ...lines, "", signed.join(";"), sha256(body)].join("\n");
}

function signingKey({ secretAccessKey }: Credentials, day: string, region: string, service: string): Buffer {
  return [day, region, service, "aws4_request"].reduce<Buffer>(
    (key, text) => hmac(key, text),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
}

function parseDate(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function invalid(code: string, message: string): Verdict {
  return { valid: false, code, message };
}
