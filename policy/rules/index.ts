import type { Rule } from "../rule";
import { dmarcReports, dmarcSingle, dmarcSyntax, dmarcValidated } from "./dmarc";
import { metadataV2 } from "./metadata";
import { openRelay } from "./open-relay";
import { port25Egress } from "./port-25";
import { proxiedRecords } from "./proxied";
import { queueVolume } from "./queue-volume";
import { sendgridKeyFullAccess, sendgridKeyScopes } from "./sendgrid-keys";
import { smtpExposure, submissionExposure } from "./smtp-exposure";
import { spfAll, spfSingle, spfSyntax } from "./spf";
import { spfIncludes, spfLookups } from "./spf-lookups";
import { userDataRandom, userDataSecrets } from "./user-data";

/** Every rule of the pack, in the order of the documentation. */
export const rules: readonly Rule[] = [
  spfSyntax,
  spfAll,
  spfSingle,
  spfLookups,
  spfIncludes,
  dmarcSyntax,
  dmarcSingle,
  dmarcReports,
  dmarcValidated,
  proxiedRecords,
  sendgridKeyFullAccess,
  sendgridKeyScopes,
  userDataSecrets,
  userDataRandom,
  openRelay,
  smtpExposure,
  submissionExposure,
  port25Egress,
  metadataV2,
  queueVolume,
];
