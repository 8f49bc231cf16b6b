import { createHash } from "node:crypto";
import * as z from "zod";

/** Where the domains are: each in a zone of its own, or all of them below one zone's name. */
export const LAYOUTS = ["zone-each", "one-zone"] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Domains and how they are spread. */
export const stackShape = z.object({
  domains: z.int().min(0),
  layout: z.enum(LAYOUTS),
});
export type StackShape = z.output<typeof stackShape>;

/** A domain and the Cloudflare zone that its records go to. */
export interface PlacedDomain {
  domain: string;
  zone: ZoneName;
}

export interface ZoneName {
  /** 32 hexadecimal digits, always the same for a name. */
  id: string;
  name: string;
}

const SHARED_ZONE = "bench.example";

/** The domains of a stack, `d001.example` and so on, or `d001.bench.example` in one zone. */
export function domainsOf({ domains, layout }: StackShape): PlacedDomain[] {
  return Array.from({ length: domains }, (_, index) => {
    const label = `d${String(index + 1).padStart(3, "0")}`;
    const domain = layout === "one-zone" ? `${label}.${SHARED_ZONE}` : `${label}.example`;
    return { domain, zone: zoneNamed(layout === "one-zone" ? SHARED_ZONE : domain) };
  });
}

/** The zones that the domains need; for a stack without any, the shared one. */
export function zonesOf(shape: StackShape): ZoneName[] {
  const names = domainsOf(shape).map(({ zone }) => zone.name);
  return [...new Set(names.length > 0 ? names : [SHARED_ZONE])].map(zoneNamed);
}

function zoneNamed(name: string): ZoneName {
  return { id: createHash("md5").update(name).digest("hex"), name };
}
