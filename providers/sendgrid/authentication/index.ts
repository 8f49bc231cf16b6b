import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { DomainAuthentication } from "./domain-authentication";
import { DomainValidation } from "./domain-validation";

export const resources: readonly AnyResource<SendGridApi>[] = [DomainAuthentication, DomainValidation];

export const functions: readonly AnyFunction<SendGridApi>[] = [];
