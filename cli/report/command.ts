import { dnsResolver } from "../../components/mail-dns/dns-resolver";
import type { DnsResolver } from "../../components/mail-dns/resolver";
import { isDnsServer } from "../dns-server";
import { EXIT, type ExitCode } from "../exit-code";
import { wrongUsage } from "../problem";
import { Progress } from "../progress";
import type { Surroundings } from "../surroundings";
import { buildReport } from "./build";
import { commentTarget, publishComment } from "./comment";
import type { FailOn, Format, ReportFlags } from "./flags";
import { jsonReport } from "./json";
import { renderMarkdown } from "./markdown";
import { readPreview } from "./read";
import type { MailReport } from "./report";
import { gravity } from "./severity";
import { renderText } from "./text";
import { withTimeLimit } from "./time-limit";

/**
 * Says what a preview means for mail. The exit code follows the gravest finding that `failOn` counts: an error's is that of
 * a failure, a lesser one's that of a warning.
 */
export async function report(
  file: string | undefined,
  flags: ReportFlags,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { out, err, env = process.env } = surroundings;
  const resolver = resolverOf(flags);
  // What is missing for the comment is said before the preview takes its time.
  const target = flags.comment === true ? commentTarget(env, flags.pullRequest) : undefined;
  const progress = new Progress(err);
  const preview = await readPreview({ file, stack: flags.stack, cwd: flags.cwd }, surroundings, progress);
  const made = await progress.during("asking DNS what SPF records include", () =>
    buildReport(preview, { resolver: resolver && withTimeLimit(resolver, flags.dnsTimeout) }),
  );
  out.write(written(made, flags.json === true ? "json" : flags.format, surroundings));
  if (target) {
    const { action, url } = await progress.during("writing the comment", () => publishComment(target, made));
    err.write(`The comment was ${action}: ${url}\n`);
  }
  return exitCodeOf(made, flags.failOn);
}

function written(made: MailReport, format: Format, { out }: Surroundings): string {
  switch (format) {
    case "json":
      return jsonReport(made);
    case "markdown":
      return withLineEnd(renderMarkdown(made));
    case "text":
      return withLineEnd(renderText(made, out));
  }
}

function withLineEnd(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

/** @throws Problem for what is no address of a DNS server */
function resolverOf({ dnsServer: server, dnsTimeout }: ReportFlags): DnsResolver | undefined {
  if (server === "none") {
    return undefined;
  }
  if (server !== undefined && !isDnsServer(server)) {
    throw wrongUsage(
      `--dns-server: ${JSON.stringify(server)} is no address of a DNS server`,
      "Give an IP address, with a port if it is not 53, such as 192.0.2.53:5353; or none.",
    );
  }
  const servers = server === undefined ? undefined : [server];
  // The second attempt waits twice as long as the first, and both as long as all questions may take.
  return dnsResolver({ servers, attempts: 2, timeoutMs: Math.ceil((dnsTimeout * 1_000) / 3) });
}

/** The exit code that the findings make. */
export function exitCodeOf({ findings }: Pick<MailReport, "findings">, failOn: FailOn): ExitCode {
  const counted = findings.filter(
    ({ severity }) => failOn !== "never" && gravity(severity) >= gravity(failOn),
  );
  if (counted.length === 0) {
    return EXIT.done;
  }
  return counted.some(({ severity }) => severity === "error") ? EXIT.failed : EXIT.warned;
}
