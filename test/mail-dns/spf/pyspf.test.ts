import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { checkHost } from "../../../components/mail-dns/spf/evaluate";
import { type GeneratedCase, generatedCase } from "./generated-zones";
import { memoryResolver } from "./memory-zone";
import { pyspf } from "./pyspf";
import { DIFFERENCES, withoutAny } from "./pyspf-differences";

const CASES = 5000;
const SEED = 7208;

interface Verdict {
  result: string;
  /** For fail only. */
  explanation?: string;
}

interface Compared {
  generated: GeneratedCase;
  ours: Verdict;
  theirs: Verdict;
}

async function compare(cases: readonly GeneratedCase[]): Promise<Compared[]> {
  const theirs = await pyspf(cases);
  return Promise.all(
    cases.map(async (generated, index) => {
      const { zone, ...request } = generated;
      const { result, explanation = "DEFAULT" } = await checkHost(request, memoryResolver(zone));
      const { result: other = "", message } = theirs[index] ?? {};
      return {
        generated,
        ours: { result, ...(result === "fail" ? { explanation } : {}) },
        theirs: { result: other, ...(other === "fail" ? { explanation: message } : {}) },
      };
    }),
  );
}

const agree = ({ ours, theirs }: Compared) => isDeepStrictEqual(ours, theirs);

describe(`${CASES} generated records, evaluated here and by pyspf`, () => {
  let compared: Compared[];
  beforeAll(async () => {
    compared = await compare(fc.sample(generatedCase, { numRuns: CASES, seed: SEED }));
  });

  it("have every result often", () => {
    for (const result of ["none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"]) {
      expect(compared.filter(({ ours }) => ours.result === result).length, result).toBeGreaterThan(100);
    }
    const explained = compared.filter(
      ({ ours }) => ours.explanation !== undefined && ours.explanation !== "DEFAULT",
    );
    expect(explained.length).toBeGreaterThan(20);
  });

  it("have the same results and explanations, but for the documented differences", async () => {
    const open = compared.filter((each) => !agree(each));
    const attempts = open.flatMap(({ generated }) => [
      ...Object.entries(DIFFERENCES).map(([name, { without }]) => ({
        generated,
        name,
        repaired: without(generated),
      })),
      { generated, name: "several", repaired: withoutAny(generated) },
    ]);
    const repaired = await compare(attempts.map((attempt) => attempt.repaired));
    const explained = attempts.filter((attempt, index) => {
      const again = repaired[index];
      return again !== undefined && agree(again) && !isDeepStrictEqual(attempt.repaired, attempt.generated);
    });
    const unexplained = open.filter(
      ({ generated }) => !explained.some((each) => each.generated === generated),
    );
    expect(unexplained).toEqual([]);
    // A difference that explains nothing would be an excuse kept in store.
    expect(Object.keys(DIFFERENCES).filter((name) => !explained.some((each) => each.name === name))).toEqual(
      [],
    );
    expect(open.length).toBeLessThan(CASES / 20);
  });
});
