import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { getAccount } from "./get-account";
import { getBounces } from "./get-bounces";
import { getIps } from "./get-ips";
import { getScopes } from "./get-scopes";
import { getStats } from "./get-stats";
import { getSuppressions } from "./get-suppressions";

export const resources: readonly AnyResource<SendGridApi>[] = [];

export const functions: readonly AnyFunction<SendGridApi>[] = [
  getAccount,
  getBounces,
  getIps,
  getScopes,
  getStats,
  getSuppressions,
];
