import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { DomainAuthentication } from "./domain-authentication";
import { DomainIp } from "./domain-ip";
import { DomainSubuser } from "./domain-subuser";
import { DomainValidation } from "./domain-validation";
import { getDomainAuthentication, getDomainAuthentications } from "./get-domain-authentication";
import { getLinkBranding } from "./get-link-branding";
import { getVerifiedSenders } from "./get-verified-senders";
import { LinkBranding } from "./link-branding";
import { LinkSubuser } from "./link-subuser";
import { LinkValidation } from "./link-validation";
import { ReverseDns } from "./reverse-dns";
import { ReverseDnsValidation } from "./reverse-dns-validation";
import { VerifiedSender } from "./verified-sender";

export const resources: readonly AnyResource<SendGridApi>[] = [
  DomainAuthentication,
  DomainIp,
  DomainSubuser,
  DomainValidation,
  LinkBranding,
  LinkSubuser,
  LinkValidation,
  ReverseDns,
  ReverseDnsValidation,
  VerifiedSender,
];

export const functions: readonly AnyFunction<SendGridApi>[] = [
  getDomainAuthentication,
  getDomainAuthentications,
  getLinkBranding,
  getVerifiedSenders,
];
