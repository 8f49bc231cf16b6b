import { describe, expect, it } from "vitest";
import { buildReport } from "../../cli/report/build";
import { jsonReport } from "../../cli/report/json";
import { renderText } from "../../cli/report/text";
import { DOMAIN_CASES } from "./domain-cases";
import { textSink } from "./text-sink";

describe("what a change of a domain or at SendGrid means for mail", () => {
  it.each(Object.entries(DOMAIN_CASES))("%s", async (name, { preview, resolver }) => {
    const report = await buildReport(preview, { resolver });
    const file = `golden/domains/${name.replaceAll(" ", "-")}`;
    await expect(`${renderText(report, textSink())}\n`).toMatchFileSnapshot(`${file}.txt`);
    await expect(jsonReport(report)).toMatchFileSnapshot(`${file}.json`);
  });
});
