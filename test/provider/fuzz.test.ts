import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameOf, resourcesNamed } from "../../conformance/life-cycle";
import { createOnce } from "../../providers/kit/adoption";
import { checkInputs } from "../../providers/kit/lifecycle";
import { membersOf, metaOf } from "../../providers/kit/property";
import { PATIENCE, SendGridApi } from "../../providers/sendgrid/api/api";
import { SendGridError } from "../../providers/sendgrid/api/api-error";
import { createKeyText, type Exchange, SendGridAccount, sendGridApp } from "../../sandbox/sendgrid";
import { anyInputs } from "./any-inputs";

/*
 * What the check lets through, the API must not refuse for its shape, and nothing may crash on the way.
 * To work on some of them: LIFE_CYCLE=ApiKey npx vitest run test/provider/fuzz.test.ts
 */
const definitions = resourcesNamed(process.env.LIFE_CYCLE?.split(","));
const INPUTS = 10_000;
/** Lists of what exists grow with every create: now and then an account is replaced by an empty one. */
const PER_ACCOUNT = 100;

describe.each(definitions.map((definition) => [nameOf(definition), definition] as const))(
  "%s",
  (_, definition) => {
    it(`takes ${INPUTS} inputs without a crash, and accepts none whose shape is wrong`, async () => {
      let account = openAccount();
      let accepted = 0;
      const secrets = membersOf(definition.inputs)
        .filter(([, schema]) => metaOf(schema).secret === true)
        .map(([name]) => name);
      const property = fc.asyncProperty(anyInputs(definition), async (values) => {
        const { faults, inputs } = checkInputs(
          definition.inputs,
          { values, secrets: new Set() },
          { rules: definition.rules },
        );
        for (const { property, reason } of faults) {
          expect(typeof property).toBe("string");
          expect(reason).not.toBe("");
          const value = secrets.includes(property) ? values[property] : undefined;
          if (typeof value === "string" && value.length > 5) expect(reason).not.toContain(value);
        }
        if (faults.length > 0) return;
        if (accepted++ % PER_ACCOUNT === 0) account = openAccount();
        await createIn(account, inputs.values);
        expect(account.log.filter(({ misshapen }) => misshapen)).toEqual([]);
        account.log.length = 0;
      });
      await fc.assert(property, { numRuns: INPUTS });
      expect(accepted).toBeGreaterThan(INPUTS / 20);
    });

    async function createIn({ session }: ReturnType<typeof openAccount>, inputs: Record<string, unknown>) {
      const log = { progress() {}, info() {}, warn() {} };
      // What waits for something outside waits in vain here.
      const signal = AbortSignal.timeout(25);
      await createOnce(definition, { inputs, session, signal, log, urn: "a::b::c::it" }).catch(
        (error: unknown) => {
          const isExpected =
            error instanceof SendGridError ||
            signal.aborted ||
            (error instanceof Error && ["Error", "IncompleteResource"].includes(error.name));
          if (!isExpected) throw error;
        },
      );
    }
  },
);

/** An empty account, whose API is called without a network. */
function openAccount() {
  const adminKey = createKeyText();
  const account = new SendGridAccount({ adminKey, subusers: ["team"] });
  const log: Exchange[] = [];
  const resolver = async () => {
    throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
  };
  const app = sendGridApp({ account, resolver, rateLimit: { limit: 1e9, windowSeconds: 60 } }, log);
  const request = async ({ method, url = "", qs, body }: Request) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(qs ?? {})) query.set(name, String(value));
    const answer = await app.request(query.size > 0 ? `${url}?${query}` : url, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    const response = { statusCode: answer.status, headers: {}, body: text === "" ? "" : JSON.parse(text) };
    if (answer.status >= 400) throw Object.assign(new Error("refused"), { code: answer.status, response });
    return [response, response.body];
  };
  const patience = { ...PATIENCE, retries: 0, pollMs: 5, longestPollMs: 5 };
  const session = new SendGridApi(
    { apiKey: adminKey, baseUrl: "http://127.0.0.1" },
    { patience, client: { request: request as never } },
  );
  return { session, log };
}

interface Request {
  method?: string;
  url?: string;
  qs?: Record<string, unknown>;
  body?: unknown;
}
