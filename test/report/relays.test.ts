import { describe, expect, it } from "vitest";
import { buildReport } from "../../cli/report/build";
import { renderMarkdown } from "../../cli/report/markdown";
import { renderText } from "../../cli/report/text";
import { RELAY_CASES } from "./relay-cases";
import { textSink } from "./text-sink";

describe("what a change of a relay means for its mail", () => {
  it.each(Object.entries(RELAY_CASES))("%s", async (name, preview) => {
    const report = await buildReport(preview);
    const file = `golden/relays/${name.replaceAll(" ", "-")}`;
    await expect(renderMarkdown(report)).toMatchFileSnapshot(`${file}.md`);
    await expect(`${renderText(report, textSink())}\n`).toMatchFileSnapshot(`${file}.txt`);
  });
});
