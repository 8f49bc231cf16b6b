import { z } from "zod";

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

/** A domain that mail is sent from: two labels or more. */
export const domainShape = z
  .string()
  .toLowerCase()
  .max(253)
  .regex(new RegExp(`^(?:${LABEL}\\.)+${LABEL}$`), "invalid domain");

/** One or more labels below a domain. */
export const subdomainShape = z
  .string()
  .toLowerCase()
  .regex(new RegExp(`^(?:${LABEL}\\.)*${LABEL}$`), "invalid subdomain");
