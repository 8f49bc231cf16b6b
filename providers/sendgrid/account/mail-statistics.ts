import * as z from "zod";
import { fromApi } from "../api/case";

const count = (description: string) => z.int().meta({ description });

const COUNTS = {
  requests: count("Messages that were handed to SendGrid, one for each recipient."),
  processed: count("Messages that SendGrid took on to deliver."),
  delivered: count("Messages that the recipient's server accepted."),
  deferred: count("Messages that the recipient's server put off, each time it did."),
  bounces: count("Messages that the recipient's server refused for good."),
  bounceDrops: count("Messages not sent because the address had bounced before."),
  blocks: count("Messages refused for a reason that may pass, e.g. a block list or a full mailbox."),
  invalidEmails: count("Messages to addresses that are malformed or that the provider calls invalid."),
  opens: count("Openings of messages."),
  uniqueOpens: count("Recipients who opened a message, each counted once within a day, week or month."),
  clicks: count("Clicks on links."),
  uniqueClicks: count("Recipients who clicked a link, each counted once within a day, week or month."),
  spamReports: count("Messages that recipients marked as spam."),
  spamReportDrops: count("Messages not sent because the recipient had marked one as spam before."),
  unsubscribes: count("Recipients who unsubscribed."),
  unsubscribeDrops: count("Messages not sent because the recipient had unsubscribed before."),
};

/** What became of an account's mail in some time. */
export const MailStatistics = z.object(COUNTS).meta({
  typeName: "MailStatistics",
  description: "What became of the mail of the whole range.",
});

/** The same, of one day, week or month. */
export const DatedMailStatistics = z
  .object({
    date: z.string().meta({ description: "The day, or the first day of the week or month." }),
    ...COUNTS,
  })
  .meta({ typeName: "DatedMailStatistics", description: "What became of the mail of a day, week or month." });

/** As the API has them: what does not occur may be left out. */
export const ApiMetrics = fromApi(MailStatistics.partial());

/** The sum of each count; one that is left out counts as 0. */
export function sumOf(all: readonly z.output<typeof ApiMetrics>[]): z.output<typeof MailStatistics> {
  const sum = (name: keyof typeof COUNTS) => all.reduce((total, each) => total + (each[name] ?? 0), 0);
  return MailStatistics.parse(
    Object.fromEntries(MailStatistics.keyof().options.map((name) => [name, sum(name)])),
  );
}
