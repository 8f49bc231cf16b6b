import { Zones } from "../../../sandbox/dns";
import { DOMAIN } from "../../../sandbox/world";
import type { Patient, SeededFault } from "./patient";

/** What goes wrong with records that were right once. */
export const DNS_FAULTS: SeededFault[] = [
  {
    name: "dkim-record-changed",
    check: "dns-records",
    says: /wrong\.example\.net/,
    seed: (patient) => replace(patient, `s1._domainkey.${DOMAIN}`, "CNAME", ["wrong.example.net"]),
  },
  {
    name: "spf-record-doubled",
    check: "dns-records",
    says: /two|2 |doubled|more than one/i,
    seed: async ({ journey: { world } }) => {
      const second = { name: DOMAIN, type: "TXT" as const, value: "v=spf1 ip4:198.51.100.7 ~all" };
      world.zones.add(second);
      return async () => {
        world.zones.remove(second);
      };
    },
  },
  {
    name: "dmarc-record-removed",
    check: "dns-records",
    says: /./,
    seed: (patient) => replace(patient, `_dmarc.${DOMAIN}`, "TXT", []),
  },
  {
    name: "return-path-elsewhere",
    check: "dns-records",
    says: /other-provider\.example/,
    seed: (patient) => replace(patient, `em.${DOMAIN}`, "CNAME", ["u1.other-provider.example"]),
  },
  {
    name: "name-server-disagrees",
    check: "dns-records",
    says: /at the name servers of example\.com it says "v=DMARC1; p=reject"/,
    seed: async ({ journey: { world }, doctor }) => {
      const old = new Zones();
      for (const { origin } of world.zones.list()) {
        old.create(
          origin,
          world.zones
            .zone(origin)
            .records()
            .map((record) =>
              record.name === `_dmarc.${DOMAIN}` ? { ...record, value: "v=DMARC1; p=reject" } : record,
            ),
        );
      }
      await doctor.serveNames(old);
      return () => doctor.serveNames(world.zones);
    },
  },
];

async function replace(
  { journey: { world } }: Patient,
  name: string,
  type: "CNAME" | "TXT",
  values: string[],
): Promise<() => Promise<void>> {
  const zone = world.zones.zone(DOMAIN);
  const before = zone.at(name).filter((record) => record.type === type);
  zone.set(
    name,
    type,
    values.map((value) => ({ value })),
  );
  return async () => zone.set(name, type, [...before]);
}
