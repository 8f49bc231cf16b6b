import type { Fault } from "../../faults";
import { parseMailAddress } from "../../mail-dns/mail-address";

/** What is wrong with a mail address that goes into main.cf. */
export function checkPlainAddress(value: string, path: string): Fault[] {
  const { faults, local, domain } = parseMailAddress(value, path);
  if (faults.length > 0 || /^[\w.+-]+@[\w.-]+$/.test(value)) {
    return faults;
  }
  // main.cf gives $ and braces a meaning of their own, and no mailbox of a relay's needs them.
  return [
    {
      path,
      value,
      reason: "has a character other than letters, digits and .+-_",
      next: `Write it as "${local.replace(/[^\w.+-]/g, "")}@${domain}", or use another mailbox.`,
    },
  ];
}
