import { count } from "../../quantities";
import { type Check, resultOf, skipped } from "../check";
import { recordFindings } from "./record-findings";
import { serverFindings } from "./server-findings";
import { viewOf } from "./sightings";

/** Each published record, as the resolvers and the zone's own name servers see it. */
export const dnsRecords: Check = {
  name: "dns-records",
  title: "DNS records",
  async run({ domains }, world) {
    const records = domains.flatMap((domain) => domain.records);
    const published = records.filter(({ planned }) => !planned);
    const known = published.filter(({ values }) => values !== undefined);
    if (records.length === 0) {
      return skipped("the stack declares no mail records");
    }
    if (published.length === 0) {
      return skipped(`${count(records.length, "record")} not published yet; \`pulumi up\` makes them`);
    }
    const views = await Promise.all(known.map((record) => viewOf(record, world)));
    const servers = new Set(
      views.flatMap(({ sightings }) =>
        sightings.filter(({ role }) => role === "name-server").map(({ server }) => server),
      ),
    );
    const by = [
      count(world.resolvers.length, "resolver"),
      ...(servers.size > 0 ? [count(servers.size, "name server")] : []),
    ].join(" and ");
    return resultOf(
      [...views.flatMap(recordFindings), ...serverFindings(views)],
      `${count(known.length, "record")}, asked of ${by}`,
    );
  },
};
