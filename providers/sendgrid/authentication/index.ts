import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { DomainAuthentication } from "./domain-authentication";
import { DomainValidation } from "./domain-validation";
import { LinkBranding } from "./link-branding";
import { LinkValidation } from "./link-validation";
import { ReverseDns } from "./reverse-dns";
import { ReverseDnsValidation } from "./reverse-dns-validation";
import { VerifiedSender } from "./verified-sender";

export const resources: readonly AnyResource<SendGridApi>[] = [
  DomainAuthentication,
  DomainValidation,
  LinkBranding,
  LinkValidation,
  ReverseDns,
  ReverseDnsValidation,
  VerifiedSender,
];

export const functions: readonly AnyFunction<SendGridApi>[] = [];
